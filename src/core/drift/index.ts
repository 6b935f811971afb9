import type { SecretVersions } from '../contracts/index.ts';
import { type ResolvedSystem, secretsOfProgram } from '../manifest/index.ts';

/** One thing that runs otherwise than the release says. */
export interface Drift {
  kind: 'number' | 'secret' | 'files' | 'others';
  service: string;
  /** For people. */
  message: string;
}

export interface DriftFacts {
  system: ResolvedSystem;
  artifacts: Record<string, string>;
  /** How many instances are wanted of each service. */
  counts: Record<string, number>;
  /** Values of secrets that it runs with, and the newest ones. */
  used: SecretVersions;
  newest: SecretVersions;
  /** Artifacts whose files are not what they were made of. */
  changedArtifacts: ReadonlySet<string>;
}

/** Where what runs has come away from what the release says. */
export function driftOf(facts: DriftFacts): Drift[] {
  const services = Object.values(facts.system.services);
  return [
    ...services.flatMap((service) => numberDrift(service, facts)),
    ...services.flatMap((service) => secretDrift(service, facts)),
    ...services.flatMap(({ name }) => filesDrift(name, facts)),
  ];
}

function numberDrift(
  { name, replicas }: { name: string; replicas: number },
  { counts }: DriftFacts,
): Drift[] {
  const count = Object.hasOwn(counts, name) ? counts[name]! : 0;
  if (count === replicas) return [];
  const message = `${count} of ${name} ${count === 1 ? 'is' : 'are'} wanted, the release says ${replicas}`;
  return [{ kind: 'number', service: name, message }];
}

function secretDrift(
  service: { name: string; env: Record<string, string>; uses: string[] },
  facts: DriftFacts,
): Drift[] {
  const { used, newest, system } = facts;
  // Most systems use none, and this is asked of all of them again and again.
  if (Object.keys(used).length === 0) return [];
  const old = secretsOfProgram(service, system).filter(
    (name) => Object.hasOwn(newest, name) && Object.hasOwn(used, name) && newest[name] !== used[name],
  );
  return old.map((name) => ({
    ...{ kind: 'secret', service: service.name },
    message: `${service.name} runs with an older value of ${name} than the one that is set`,
  }));
}

function filesDrift(name: string, { artifacts, changedArtifacts }: DriftFacts): Drift[] {
  const digest = Object.hasOwn(artifacts, name) ? artifacts[name]! : '';
  if (!changedArtifacts.has(digest)) return [];
  return [
    {
      kind: 'files',
      service: name,
      message: `files of ${name} were changed on this host since they were delivered`,
    },
  ];
}
