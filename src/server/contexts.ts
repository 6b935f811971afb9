import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';
import { NAME, toName } from '../core/manifest/index.ts';
import { type WebAddress, writeDurably } from '../host/index.ts';

/** The socket of this host, which needs no sign-in. */
export const LOCAL = 'local';

/** A control plane elsewhere that somebody signed in to. */
export interface Context extends WebAddress {
  name: string;
}

interface ContextsFile {
  /** Null: this host. */
  current: string | null;
  contexts: Record<string, WebAddress>;
}

/** What somebody signed in to, in a file of their own (0600) in XDG's folder for settings. */
export class Contexts {
  private readonly file: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = process.env, userHome = os.homedir()) {
    const { XDG_CONFIG_HOME: config } = env;
    const folder = config && path.isAbsolute(config) ? config : path.join(userHome, '.config');
    this.file = path.join(folder, 'escale', 'contexts.json');
    this.env = env;
  }

  list(): Context[] {
    return Object.entries(this.read().contexts).map(([name, address]) => ({ name, ...address }));
  }

  /** The one that commands speak to: `ESCALE_CONTEXT`, else the one in use; null: this host. Throws `context-unknown`. */
  chosen(): Context | null {
    const name = this.env.ESCALE_CONTEXT || this.read().current || LOCAL;
    return name === LOCAL ? null : this.mustFind(name);
  }

  /** Throws `context-unknown`. */
  use(name: string): void {
    const current = name === LOCAL ? null : this.mustFind(name).name;
    this.write({ ...this.read(), current });
  }

  /** Takes the place of one of the same name. */
  save({ name, url, token }: Context): void {
    const { contexts } = this.read();
    this.write({ current: name, contexts: { ...contexts, [name]: { url, token } } });
  }

  /** Throws `context-unknown`. */
  remove(name: string): void {
    const { current, contexts } = this.read();
    const { [this.mustFind(name).name]: _, ...others } = contexts;
    this.write({ current: current === name ? null : current, contexts: others });
  }

  private mustFind(name: string): Context {
    const found = this.list().find((context) => context.name === name);
    if (found !== undefined) return found;
    const known = [LOCAL, ...this.list().map((context) => context.name)].join(', ');
    throw new EscaleError('context-unknown', `there is no context ${JSON.stringify(name)}`, {
      next: `There are: ${known}. \`escale login URL\` adds one.`,
    });
  }

  private read(): ContextsFile {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as ContextsFile;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: null, contexts: {} };
      throw error;
    }
  }

  private write(contexts: ContextsFile): void {
    const folder = path.dirname(this.file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    writeDurably(this.file, `${JSON.stringify(contexts, null, 2)}\n`, 0o600);
  }
}

/** What `escale login` may be given, without a slash at its end. Throws `login-address`. */
export function loginAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    throw new EscaleError('login-address', `${JSON.stringify(text)} is no address of a control plane`);
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    throw new EscaleError('login-address', `${url.origin} is all that an address may have`);
  if (url.protocol === 'http:' && !isHere(url.hostname))
    throw new EscaleError('login-address', `${url.host} would get the token unencrypted`);
  return url.origin;
}

function isHere(host: string): boolean {
  return /^127(\.\d+){3}$|^\[::1\]$|^([a-z0-9-]+\.)*localhost$/.test(host);
}

/** The name of a context: the one that is wished for, or one made of the address. Throws `context-unknown`. */
export function contextName(wished: string | undefined, url: string): string {
  const name = wished ?? toName(new URL(url).host) ?? '';
  if (NAME.test(name) && name !== LOCAL) return name;
  throw new EscaleError('context-unknown', `${JSON.stringify(name)} can’t be the name of a context`, {
    next: 'Name it with --name: lower case letters, digits and hyphens.',
  });
}
