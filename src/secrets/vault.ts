import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SecretReader } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { NAME, SECRET_NAME, SECRET_NAME_EXPECTED } from '../core/manifest/index.ts';
import { writeDurably } from '../host/index.ts';
import { makeKey, readKey } from './key.ts';
import { Mask } from './mask.ts';
import { seal, unseal } from './seal.ts';

/** Which secret: of a system in an environment, or (null) of all systems there. */
export interface SecretAt {
  environment: string;
  system: string | null;
  name: string;
}

/** What may be said of a secret. */
export interface SecretView extends SecretAt {
  version: number;
  /** ms since 1970. */
  setAt: number;
}

interface StoredSecret {
  system: string | null;
  name: string;
  /** Newest first. Former ones stay while something runs that was started with them. */
  values: { version: number; setAt: number; sealed: string }[];
}

/** One environment. Versions are numbered over all of its secrets, so that a number means one value for ever. */
interface StoredEnvironment {
  last: number;
  secrets: StoredSecret[];
}

interface VaultParts {
  folder: string;
  keyFile: string;
  now: () => number;
}

type Place = { system: string; environment: string };

const LARGEST_BYTES = 64 * 1024;

/** Secrets at rest. One process writes; any that has the key reads, and finds a file whole at every moment. */
export class Vault implements SecretReader {
  private readonly parts: VaultParts;
  private readonly mask = new Mask();

  constructor(parts: VaultParts) {
    this.parts = parts;
  }

  /** All of an environment, by system and name, without values. */
  list(environment: string): SecretView[] {
    return this.read(environment)
      .secrets.map(({ system, name, values: [newest] }) => {
        return { environment, system, name, version: newest!.version, setAt: newest!.setAt };
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
      const value = unseal(found.sealed, boundWords(at, found.version), readKey(this.parts.keyFile));
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
    const { environment, system, name } = at;
    const { secrets, last } = this.read(environment);
    const version = Math.max(last, ...inUse) + 1;
    const setAt = this.parts.now();
    const sealed = seal(value, boundWords(at, version), this.keyForWriting());
    const others = secrets.filter((entry) => !isAt(entry, at));
    const former = secrets.find((entry) => isAt(entry, at))?.values ?? [];
    const kept = former.filter((one, index) => index === 0 || inUse.has(one.version));
    const values = [{ version, setAt, sealed }, ...kept];
    this.write(environment, { last: version, secrets: [...others, { system, name, values }] });
    return { environment, system, name, version, setAt };
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

/** The system's own before the one of all systems. */
function entryFor(secrets: StoredSecret[], system: string, name: string): StoredSecret | undefined {
  const seen = secrets.filter(isSeenBy(system, name));
  return seen.find((entry) => entry.system === system) ?? seen[0];
}

function isSeenBy(system: string, name: string): (entry: StoredSecret) => boolean {
  return (entry) => entry.name === name && (entry.system === system || entry.system === null);
}

function isAt(entry: StoredSecret, at: SecretAt): boolean {
  return entry.name === at.name && entry.system === at.system;
}

function boundWords({ environment, system, name }: SecretAt, version: number): unknown[] {
  return ['escale secret', environment, system, name, version];
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

function valueProblem(value: string): string | null {
  if (value === '') return 'is empty';
  if (value.includes('\0')) return 'has a zero byte';
  if (!value.isWellFormed()) return 'is no UTF-8 text';
  return Buffer.byteLength(value) > LARGEST_BYTES ? 'is longer than 64 KiB' : null;
}

function sortKey({ system, name }: SecretAt): string {
  return `${system ?? ''}/${name}`;
}
