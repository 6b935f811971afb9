import type { SecretVersions } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { externalAddress, type ResolvedSystem, secretsOfSystem } from '../core/manifest/index.ts';
import type { SecretFile } from '../delivery/index.ts';
import {
  identityIn,
  type NamedValue,
  readSopsFile,
  recipientOf,
  type SecretAt,
  type SecretLookup,
  type SecretView,
  type Taken,
  type Vault,
} from '../secrets/index.ts';
import type { Place } from './place.ts';
import type { Store } from './store/index.ts';

export interface TakenFromGit extends Taken {
  /** Files that are not encrypted for this Escale. */
  unread: string[];
}

/** Secrets beside what runs: which values a change would use, and which are still needed. */
export class Secrets {
  readonly vault: Vault;
  private readonly store: Store;
  private readonly identityFile: string;

  constructor(vault: Vault, store: Store, identityFile: string) {
    this.vault = vault;
    this.store = store;
    this.identityFile = identityFile;
  }

  /** Whom files in git are encrypted for (`age1…`). Throws `age-identity`. */
  async recipient(): Promise<string> {
    return recipientOf(await identityIn(this.identityFile));
  }

  /**
   * Puts what a system's files in git have into the vault, all or none, before a deploy of them. A value that somebody set
   * by hand gives way only where git has another one than when it was last taken. Throws `sops-file`, `sops-recipient`,
   * `sops-changed`, `age-identity`.
   */
  async takeFromGit(place: Place, files: SecretFile[], commit: string | null): Promise<TakenFromGit> {
    const { values, unread } = await this.valuesIn(files, place);
    const taken = this.vault.take(place, values, { commit, inUse: this.inUse(place.environment) });
    return { ...taken, unread };
  }

  /** The newest values as they would be after `takeFromGit`, for a plan: nothing is written. Throws the same. */
  async ifTaken(place: Place, files: SecretFile[]): Promise<Pick<Secrets, 'newest' | 'kept'>> {
    const { values } = await this.valuesIn(files, place);
    const lookup = this.vault.ifTaken(place, values, this.inUse(place.environment));
    return {
      newest: (system) => this.newestOf(system, lookup),
      kept: (system, versions) => this.checked(system, versions, lookup),
    };
  }

  /** Decrypted; what the environment's own file says comes before what the one of all says. */
  private async valuesIn(
    files: SecretFile[],
    place: Place,
  ): Promise<{ values: NamedValue[]; unread: string[] }> {
    const values = new Map<string, string>();
    const unread: string[] = [];
    for (const { name: file, format, text } of files) {
      const identity = await identityIn(this.identityFile);
      const read = await readSopsFile(text, { format, identity, file }).catch(notForLocal(place));
      if (read === null) unread.push(file);
      for (const { name, value } of read ?? []) values.set(name, value);
    }
    return { values: Array.from(values, ([name, value]) => ({ name, value })), unread };
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
    return this.newestOf(system, this.vault);
  }

  private newestOf(system: ResolvedSystem, lookup: SecretLookup): SecretVersions {
    const names = secretsOfSystem(system);
    const versions = knownIn(lookup, { system: system.name, environment: system.environment }, names);
    const missing = names.filter((name) => !Object.hasOwn(versions, name));
    if (missing.length > 0) throw notSet(system, missing);
    return this.checked(system, versions, lookup);
  }

  /** The same values as before: they must still be there. */
  kept(system: ResolvedSystem, versions: SecretVersions): SecretVersions {
    return this.checked(system, versions, this.vault);
  }

  /** The newest values of those that are set. */
  known(place: Place, names: string[]): SecretVersions {
    return knownIn(this.vault, place, names);
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
  private checked(system: ResolvedSystem, versions: SecretVersions, lookup: SecretLookup): SecretVersions {
    const place = { system: system.name, environment: system.environment };
    const lookUp = (name: string) => lookup.value(place, name, versions[name]);
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

/** Somebody who runs a system on a machine of their own need not be able to read its files: they set secrets by hand. */
function notForLocal({ environment }: Place): (error: unknown) => null {
  return (error) => {
    if (environment === 'local' && error instanceof EscaleError && error.code === 'sops-recipient')
      return null;
    throw error;
  };
}

function knownIn(lookup: SecretLookup, place: Place, names: string[]): SecretVersions {
  const found = names.map((name) => [name, lookup.newest(place, name)] as const);
  return Object.fromEntries(found.filter(([, version]) => version !== null)) as SecretVersions;
}

/** What came of files in git, for people; names only. */
export function takenNotes({ changed, gone, unread }: TakenFromGit): string[] {
  return [
    ...(changed.length > 0 ? [`taken from git: ${changed.join(', ')}`] : []),
    ...(gone.length > 0 ? [`no longer in git, but still set: ${gone.join(', ')}`] : []),
    ...(unread.length > 0 ? [`not encrypted for this Escale, so not read: ${unread.join(', ')}`] : []),
  ];
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
