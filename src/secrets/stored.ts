import type { NamedValue } from './sops/read-file.ts';

/** What a vault's file holds, and how it changes; no value is in the open here. */

/** Which secret: of a system in an environment, or (null) of all systems there. */
export interface SecretAt {
  environment: string;
  system: string | null;
  name: string;
}

export interface StoredValue {
  version: number;
  setAt: number;
  sealed: string;
  git?: { commit: string | null };
}

export interface StoredSecret {
  system: string | null;
  name: string;
  /** Newest first. Former ones stay while something runs that was started with them. */
  values: StoredValue[];
  /** What git had when it was last taken, sealed: only another value there is newer than one that was set by hand. */
  git?: string;
}

/** One environment. Versions are numbered over all of its secrets, so that a number means one value for ever. */
export interface StoredEnvironment {
  last: number;
  secrets: StoredSecret[];
}

export type Place = { system: string; environment: string };

/** What seals new values. */
export interface Sealer {
  inUse: ReadonlySet<number>;
  setAt: number;
  seal: (text: string, words: unknown[]) => string;
}

/** An environment with one more value of a secret. Former ones go, but for the last one and those in use. */
export function withValue(
  stored: StoredEnvironment,
  at: SecretAt,
  { value, inUse, setAt, seal, git }: Sealer & { value: string; git?: { commit: string | null } },
): StoredEnvironment {
  const version = Math.max(stored.last, ...inUse) + 1;
  const sealed = seal(value, boundWords(at, version));
  const newest = { version, setAt, sealed, ...(git && { git }) };
  const kept = (former: StoredValue[]) =>
    former.filter((one, index) => index === 0 || inUse.has(one.version));
  const next = withEntry(stored, at, (entry) => ({ ...entry, values: [newest, ...kept(entry.values)] }));
  return { ...next, last: version };
}

export function withEntry(
  { last, secrets }: StoredEnvironment,
  at: SecretAt,
  change: (entry: StoredSecret) => StoredSecret,
): StoredEnvironment {
  const { system, name } = at;
  const entry = secrets.find((each) => isAt(each, at)) ?? { system, name, values: [] };
  return { last, secrets: [...secrets.filter((each) => !isAt(each, at)), change(entry)] };
}

/** The system's own before the one of all systems. */
export function entryFor(secrets: StoredSecret[], system: string, name: string): StoredSecret | undefined {
  const seen = secrets.filter(isSeenBy(system, name));
  return seen.find((entry) => entry.system === system) ?? seen[0];
}

export function isSeenBy(system: string, name: string): (entry: StoredSecret) => boolean {
  return (entry) => entry.name === name && (entry.system === system || entry.system === null);
}

export function isAt(entry: StoredSecret, at: SecretAt): boolean {
  return entry.name === at.name && entry.system === at.system;
}

export function boundWords({ environment, system, name }: SecretAt, version: number): unknown[] {
  return ['escale secret', environment, system, name, version];
}

export function gitWords({ environment, system, name }: SecretAt): unknown[] {
  return ['escale secret in git', environment, system, name];
}

/** How git's values stand against a vault's. */
export interface Compared {
  /** Git has another value than when it was last taken. */
  fresh: NamedValue[];
  /** And so has the vault: names that get a new value. */
  changed: string[];
  /** Names that were in git and are not any more. */
  gone: string[];
}

/** Compares a system's values in git with what is stored; `unseal` gives null where something does not open. */
export function compareWithGit(
  stored: StoredEnvironment,
  { place, values }: { place: Place; values: NamedValue[] },
  unseal: (sealed: string, words: unknown[]) => string | null,
): Compared {
  const own = stored.secrets.filter(({ system }) => system === place.system);
  const entryOf = (name: string) => own.find((entry) => entry.name === name);
  const lastTaken = (name: string) => {
    const sealed = entryOf(name)?.git;
    return sealed === undefined ? null : unseal(sealed, gitWords({ ...place, name }));
  };
  const newest = (name: string) => {
    const value = entryOf(name)?.values[0];
    return value === undefined ? null : unseal(value.sealed, boundWords({ ...place, name }, value.version));
  };
  const fresh = values.filter(({ name, value }) => lastTaken(name) !== value);
  const changed = fresh.filter(({ name, value }) => newest(name) !== value).map(({ name }) => name);
  const names = new Set(values.map(({ name }) => name));
  const gone = own.filter(({ name, git }) => git !== undefined && !names.has(name)).map(({ name }) => name);
  return { fresh, changed, gone };
}
