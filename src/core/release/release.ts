import type { SecretVersions } from '../contracts/index.ts';
import { type ResolvedSystem, secretsOfProgram } from '../manifest/index.ts';

/** Immutable, numbered per system: a commit, the validated but unresolved file, and an artifact for each service. */
export interface Release {
  system: string;
  /** 1, 2, 3 … for each system. */
  number: number;
  /** Full commit hash; null where the folder is in no git repository. */
  commit: string | null;
  /** Made of an uncommitted tree: can't be promoted. */
  dev: boolean;
  /** The file as validated, unresolved, as JSON. */
  model: unknown;
  /** Content address (sha256, hex) of the artifact of each service. */
  artifacts: Record<string, string>;
  /** ms since 1970. */
  createdAt: number;
}

/** What makes a release what it is; the number and the time are not part of it. */
export type ReleaseContent = Pick<Release, 'commit' | 'dev' | 'model' | 'artifacts'>;

/**
 * Whether two releases deliver the same: same file, same artifacts. A commit that changed nothing that is
 * delivered is the same, unless it turns a `dev` tree into a committed one, which can be promoted.
 */
export function sameRelease(a: ReleaseContent, b: ReleaseContent): boolean {
  return (
    a.dev === b.dev &&
    canonical(a.model) === canonical(b.model) &&
    canonical(a.artifacts) === canonical(b.artifacts)
  );
}

/** A release as an environment sees it. */
interface Resolved {
  system: ResolvedSystem;
  artifacts: Record<string, string>;
  secrets?: SecretVersions;
}

/** Services whose instances must be replaced between two resolutions: another artifact, other settings or secrets. */
export function changedServices(before: Resolved, after: Resolved): string[] {
  return Object.entries(after.system.services)
    .filter(
      ([name, service]) =>
        before.artifacts[name] !== after.artifacts[name] ||
        canonical(whatMatters(name, before.system)) !== canonical(whatMatters(name, after.system)) ||
        !sameSecrets(secretsOfProgram(service, after.system), before, after),
    )
    .map(([name]) => name);
}

/** Whether these secrets have the same values in both. */
export function sameSecrets(
  names: string[],
  before: Pick<Resolved, 'secrets'> | null,
  after: Pick<Resolved, 'secrets'>,
): boolean {
  return names.every((name) => versionIn(before, name) === versionIn(after, name));
}

function versionIn(resolved: Pick<Resolved, 'secrets'> | null, name: string): number | undefined {
  const { secrets = {} } = resolved ?? {};
  return Object.hasOwn(secrets, name) ? secrets[name] : undefined;
}

/** A service without its number, what it runs on, and the resources that it uses: their addresses are in its environment. */
function whatMatters(name: string, { services, resources, engine }: ResolvedSystem): unknown {
  if (!Object.hasOwn(services, name)) return null;
  const service = services[name]!;
  const used = service.uses.filter((use) => Object.hasOwn(resources, use)).map((use) => resources[use]);
  return { ...service, replicas: 0, used, engine };
}

/** JSON with sorted keys: equal text for equal data. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
