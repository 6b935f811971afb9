import type { SecretVersions } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { externalAddress, type ResolvedSystem, secretsOfSystem } from '../core/manifest/index.ts';
import type { SecretAt, SecretView, Vault } from '../secrets/index.ts';
import type { Place } from './place.ts';
import type { Store } from './store/index.ts';

/** Secrets beside what runs: which values a change would use, and which are still needed. */
export class Secrets {
  readonly vault: Vault;
  private readonly store: Store;

  constructor(vault: Vault, store: Store) {
    this.vault = vault;
    this.store = store;
  }

  list(environment: string): SecretView[] {
    return this.vault.list(environment);
  }

  set(at: SecretAt, value: string): SecretView {
    return this.vault.set(at, value, this.inUse(at.environment));
  }

  remove(at: SecretAt): void {
    this.vault.remove(at, this.inUse(at.environment));
  }

  /** The newest values of all that a system names. Throws `secret-missing` with every missing one, `wrong-address`. */
  newest(system: ResolvedSystem): SecretVersions {
    const names = secretsOfSystem(system);
    const versions = this.known({ system: system.name, environment: system.environment }, names);
    const missing = names.filter((name) => !Object.hasOwn(versions, name));
    if (missing.length > 0) throw notSet(system, missing);
    return this.checked(system, versions);
  }

  /** The same values as before: they must still be there. */
  kept(system: ResolvedSystem, versions: SecretVersions): SecretVersions {
    return this.checked(system, versions);
  }

  /** The newest values of those that are set. */
  known(place: Place, names: string[]): SecretVersions {
    const found = names.map((name) => [name, this.vault.newest(place, name)] as const);
    return Object.fromEntries(found.filter(([, version]) => version !== null)) as SecretVersions;
  }

  /** For a run of a job: where they can't be read, the run itself fails and says why, and nothing else waits for it. */
  forRun(place: Place, names: string[]): SecretVersions {
    try {
      return this.known(place, names);
    } catch (error) {
      if (error instanceof EscaleError) return {};
      throw error;
    }
  }

  /** Each opens, and the addresses that they are part of can be used. */
  private checked(system: ResolvedSystem, versions: SecretVersions): SecretVersions {
    const place = { system: system.name, environment: system.environment };
    const lookUp = (name: string) => this.vault.value(place, name, versions[name]);
    for (const name of secretsOfSystem(system)) lookUp(name);
    for (const resource of Object.values(system.resources)) externalAddress(resource, lookUp);
    return versions;
  }

  /** Versions that something that runs in an environment was started with, or would be returned to. */
  private inUse(environment: string): Set<number> {
    const up = this.store.deployments().filter((one) => one.up && one.environment === environment);
    const underWay = this.store.runningRollouts().filter((one) => one.environment === environment);
    const versions = [
      ...up.map(({ secrets }) => secrets),
      ...underWay.flatMap(({ change }) => [change.secrets, change.formerSecrets]),
    ];
    return new Set(versions.flatMap((each) => Object.values(each ?? {})));
  }
}

function notSet({ name: system, environment }: ResolvedSystem, missing: string[]): EscaleError {
  const where = environment === 'local' ? '' : ` -e ${environment}`;
  const commands = missing.map((name) => `\`escale secret set ${name} ${system}${where}\``);
  const what = missing.length === 1 ? 'a secret that is' : 'secrets that are';
  return new EscaleError(
    'secret-missing',
    `${system} needs ${what} not set in ${environment}: ${missing.join(', ')}`,
    { next: `Set ${missing.length === 1 ? 'it' : 'each'}, then do it again: ${commands.join(', ')}.` },
  );
}

/** The newest values of those of a place that are set. */
export type KnownSecrets = (place: Place, names: string[]) => SecretVersions;
