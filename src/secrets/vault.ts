import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SecretReader } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { NAME, SECRET_NAME, SECRET_NAME_EXPECTED } from '../core/manifest/index.ts';
import { writeDurably } from '../host/index.ts';
import { makeKey, readKey } from './key.ts';
import { Mask } from './mask.ts';
import { seal, unseal } from './seal.ts';
import { valueProblem } from './secret-value.ts';
import type { NamedValue } from './sops/read-file.ts';
import {
  boundWords,
  compareWithGit,
  entryFor,
  gitWords,
  isAt,
  isSeenBy,
  type Place,
  type Sealer,
  type SecretAt,
  type StoredEnvironment,
  type StoredValue,
  withEntry,
  withValue,
} from './stored.ts';

/** What may be said of a secret. */
export interface SecretView extends SecretAt {
  version: number;
  /** ms since 1970. */
  setAt: number;
  /** Who set it: a file in git (as of a commit, where one is known), or null: somebody by hand. */
  git: { commit: string | null } | null;
}

/** What came of taking the values of files in git. */
export interface Taken {
  /** Names with a new value. */
  changed: string[];
  /** Names that were in git and are not any more; their values stay. */
  gone: string[];
}

/** Looking up values: those that are there, or those that would be. */
export interface SecretLookup extends SecretReader {
  newest(place: Place, name: string): number | null;
}

interface VaultParts {
  folder: string;
  keyFile: string;
  now: () => number;
}

/** A value as another vault has it. */
export interface MirroredValue {
  name: string;
  version: number;
  value: string;
}

interface Taking {
  commit: string | null;
  inUse: ReadonlySet<number>;
}

/** Secrets at rest. One process writes; any that has the key reads, and finds a file whole at every moment. */
export class Vault implements SecretLookup {
  private readonly parts: VaultParts;
  private readonly mask = new Mask();

  constructor(parts: VaultParts) {
    this.parts = parts;
  }

  /** All of an environment, by system and name, without values. */
  list(environment: string): SecretView[] {
    return this.read(environment)
      .secrets.map(({ system, name, values: [newest] }) => {
        return { environment, system, name, ...viewOf(newest!) };
      })
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  /** The newest version that a system sees: its own, else the one of all systems; null: there is none. */
  newest({ system, environment }: Place, name: string): number | null {
    const { secrets } = this.read(environment);
    return entryFor(secrets, system, name)?.values[0]?.version ?? null;
  }

  value({ system, environment }: Place, name: string, version: number | undefined): string {
    for (const entry of this.read(environment).secrets.filter(isSeenBy(system, name))) {
      const found = entry.values.find((value) => value.version === version);
      if (found === undefined) continue;
      const at = { environment, system: entry.system, name };
      const value = unseal(found.sealed, boundWords(at, found.version), this.key());
      if (value !== null) return value;
      throw new EscaleError('secret-damaged', `the secret ${name} of ${system} can't be decrypted`, {
        place: this.fileOf(environment),
      });
    }
    throw new EscaleError('secret-missing', `the secret ${name} of ${system} is not set any more`);
  }

  /**
   * A new value; durable when it returns. Former ones go, but for the last one and those `inUse`, which instances that
   * are started again need. Throws `secret-name`, `secret-value`, `secret-key`.
   */
  set(at: SecretAt, value: string, inUse: ReadonlySet<number>): SecretView {
    checkPlace(at);
    checkValue(at.name, value);
    const stored = this.read(at.environment);
    const next = withValue(stored, at, { ...this.sealer(inUse), value });
    this.write(at.environment, next);
    return { ...at, ...viewOf(next.secrets.find((entry) => isAt(entry, at))!.values[0]!) };
  }

  /**
   * Puts the values of a system's files in git into an environment, all or none. One is new where git has another than
   * when it was last taken, whoever set what is there now. Throws what `set` throws.
   */
  take(place: Place, values: NamedValue[], { commit, inUse }: Taking): Taken {
    const { environment } = place;
    let stored = this.read(environment);
    for (const { name, value } of values) {
      checkPlace({ ...place, name });
      checkValue(name, value);
    }
    const { fresh, changed, gone } = this.compare(stored, { place, values });
    if (fresh.length === 0 && gone.length === 0) return { changed, gone };
    const parts = { ...this.sealer(inUse), git: { commit } };
    for (const { name, value } of fresh) {
      const at = { ...place, name };
      if (changed.includes(name)) stored = withValue(stored, at, { ...parts, value });
      const git = parts.seal(value, gitWords(at));
      stored = withEntry(stored, at, (entry) => ({ ...entry, git }));
    }
    for (const name of gone) stored = withEntry(stored, { ...place, name }, ({ git: _, ...entry }) => entry);
    this.write(environment, stored);
    return { changed, gone };
  }

  /** What `take` would make of them, without doing it. */
  ifTaken(place: Place, values: NamedValue[], inUse: ReadonlySet<number>): SecretLookup & Taken {
    const stored = this.read(place.environment);
    const { changed, gone } = this.compare(stored, { place, values });
    const first = Math.max(stored.last, ...inUse) + 1;
    const isTaken = (other: Place, name: string) => other.system === place.system && changed.includes(name);
    const versionOf = (name: string) => first + changed.indexOf(name);
    return {
      ...{ changed, gone },
      newest: (other, name) => (isTaken(other, name) ? versionOf(name) : this.newest(other, name)),
      value: (other, name, version) =>
        isTaken(other, name) && version === versionOf(name)
          ? values.find((each) => each.name === name)!.value
          : this.value(other, name, version),
    };
  }

  /**
   * Keeps values of a system that another vault has, under the versions that it gave them: those of `kept` that are here
   * stay, all others go. Durable when it returns.
   */
  mirror(place: Place, values: MirroredValue[], kept: ReadonlySet<number>): void {
    const stored = this.read(place.environment);
    const key = this.keyForWriting();
    const others = stored.secrets.filter(({ system }) => system !== place.system);
    const mine = stored.secrets.filter(({ system }) => system === place.system);
    const names = new Set([...mine, ...values].map(({ name }) => name));
    const secrets = [...names].map((name) => {
      const at = { ...place, name };
      const known = mine.find((entry) => entry.name === name)?.values ?? [];
      const isNew = ({ version }: MirroredValue) => !known.some((value) => value.version === version);
      const fresh = values
        .filter((value) => value.name === name && isNew(value))
        .map(({ version, value }) => {
          checkPlace(at);
          return { version, setAt: this.parts.now(), sealed: seal(value, boundWords(at, version), key) };
        });
      const isKept = ({ version }: StoredValue) =>
        kept.has(version) || values.some((value) => value.name === name && value.version === version);
      const all = [...fresh, ...known.filter(isKept)].sort((a, b) => b.version - a.version);
      return { system: place.system, name, values: all };
    });
    const next = [...others, ...secrets.filter((entry) => entry.values.length > 0)];
    if (JSON.stringify(next) !== JSON.stringify(stored.secrets))
      this.write(place.environment, { ...stored, secrets: next });
  }

  private compare(stored: StoredEnvironment, git: { place: Place; values: NamedValue[] }) {
    return compareWithGit(stored, git, (sealed, words) => unseal(sealed, words, this.key()));
  }

  private sealer(inUse: ReadonlySet<number>): Sealer {
    const key = this.keyForWriting();
    return { inUse, setAt: this.parts.now(), seal: (text, words) => seal(text, words, key) };
  }

  private key(): Buffer {
    return readKey(this.parts.keyFile);
  }

  /** For what is kept elsewhere and belongs to no system: only the same purpose opens it again. */
  sealFor(purpose: string, value: string): string {
    return seal(value, ['escale sealed', purpose], this.keyForWriting());
  }

  /** Throws `secret-damaged`, `secret-key`. */
  openFor(purpose: string, sealed: string): string {
    const value = unseal(sealed, ['escale sealed', purpose], readKey(this.parts.keyFile));
    if (value === null) throw new EscaleError('secret-damaged', `the word for ${purpose} can't be decrypted`);
    return value;
  }

  /** A text of a system in which nothing can be read that is kept for it, in any environment, now or formerly. */
  masked(system: string, text: string): string {
    this.mask.refresh(this.parts.folder, () => this.everyValue());
    return this.mask.hide(system, text);
  }

  private everyValue(): { system: string | null; value: string }[] {
    const files = readdirSync(this.parts.folder).filter((file) => file.endsWith('.json'));
    return files.flatMap((file) => {
      const environment = file.slice(0, -'.json'.length);
      return this.read(environment).secrets.flatMap(({ system, name, values }) =>
        values.flatMap(({ version, sealed }) => {
          const at = { environment, system, name };
          const value = unseal(sealed, boundWords(at, version), readKey(this.parts.keyFile));
          return value === null ? [] : [{ system, value }];
        }),
      );
    });
  }

  /** Every value of it goes. Throws `secret-unknown`, `secret-used`. */
  remove(at: SecretAt, inUse: ReadonlySet<number>): void {
    checkPlace(at);
    const { environment, name } = at;
    const stored = this.read(environment);
    const entry = stored.secrets.find((one) => isAt(one, at));
    const whose =
      at.system === null ? `of all systems in ${environment}` : `of ${at.system} in ${environment}`;
    if (entry === undefined) throw new EscaleError('secret-unknown', `there is no secret ${name} ${whose}`);
    if (entry.values.some(({ version }) => inUse.has(version)))
      throw new EscaleError('secret-used', `the secret ${name} ${whose} is in use`);
    this.write(environment, { ...stored, secrets: stored.secrets.filter((one) => one !== entry) });
  }

  /** Made at the first secret ever; where there are secrets already, a missing one is an error. */
  private keyForWriting(): Buffer {
    const { folder, keyFile } = this.parts;
    const hasSecrets = existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.json'));
    if (!hasSecrets) makeKey(keyFile);
    return readKey(keyFile);
  }

  private read(environment: string): StoredEnvironment {
    const file = this.fileOf(environment);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as StoredEnvironment;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { last: 0, secrets: [] };
      if (!(error instanceof SyntaxError)) throw error;
      // Not the parser's own words: they quote what they read.
      throw new EscaleError('secret-damaged', `the secrets of ${environment} can't be read`, {
        place: file,
        next: 'Bring the file back, or remove it and set its secrets again.',
      });
    }
  }

  private write(environment: string, stored: StoredEnvironment): void {
    mkdirSync(this.parts.folder, { recursive: true, mode: 0o700 });
    writeDurably(this.fileOf(environment), JSON.stringify(stored));
  }

  private fileOf(environment: string): string {
    return path.join(this.parts.folder, `${environment}.json`);
  }
}

function viewOf({ version, setAt, git }: StoredValue): Pick<SecretView, 'version' | 'setAt' | 'git'> {
  return { version, setAt, git: git ?? null };
}

function checkPlace({ environment, system, name }: SecretAt): void {
  for (const word of [environment, ...(system === null ? [] : [system])])
    if (!NAME.test(word))
      throw new EscaleError('secret-name', `${JSON.stringify(word)} is no place for a secret`);
  if (SECRET_NAME.test(name)) return;
  // Not what was given: it may be the value, by mistake.
  throw new EscaleError('secret-name', `expected ${SECRET_NAME_EXPECTED}`);
}

function checkValue(name: string, value: string): void {
  const problem = valueProblem(value);
  if (problem !== null) throw new EscaleError('secret-value', `the value of ${name} ${problem}`);
}

function sortKey({ system, name }: SecretAt): string {
  return `${system ?? ''}/${name}`;
}
