import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { EscaleError } from '../../../core/errors/index.ts';

/** How to reach a cluster and to sign in there. */
export interface ClusterAccess {
  /** `https://10.0.0.1:6443`, perhaps with a path, without a slash at its end. */
  server: string;
  /** What its certificate must be signed by, PEM; null: what this host trusts. */
  authority: string | null;
  /** Name in its certificate, where that is another one. */
  serverName: string | null;
  /** Whoever answers is believed. */
  isInsecure: boolean;
  signIn: SignIn;
}

export type SignIn =
  | { kind: 'nobody' }
  /** PEM. */
  | { kind: 'certificate'; certificate: string; key: string }
  | { kind: 'token'; token: string }
  /** It is written anew from time to time. */
  | { kind: 'token-file'; file: string }
  | { kind: 'password'; username: string; password: string }
  | { kind: 'program'; program: SignInProgram };

/** A program that gives a token or a certificate (`client.authentication.k8s.io`). */
export interface SignInProgram {
  apiVersion: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  /** What to do where it is missing, for people. */
  installHint: string;
  /** It is told which cluster is meant. */
  wantsCluster: boolean;
}

interface Entry {
  name?: unknown;
  [kind: string]: unknown;
}
type Fields = Record<string, unknown>;

interface Found {
  fields: Fields;
  /** Of the file that it stands in: paths in it begin there. */
  folder: string;
}

/** The files that `kubectl` would read: of several, what comes first counts. */
export function kubeconfigFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  const named = (env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  return named.length > 0 ? named : [path.join(home, '.kube', 'config')];
}

/** A context of these files; null: the current one. Throws `cluster-config`. */
export function readContext(files: string[], context: string | null): ClusterAccess {
  const parts = files.filter((file) => existsSync(file)).map(readFile);
  if (parts.length === 0) throw unusable(`there is no kubeconfig at ${files.join(', ')}`);
  const name =
    context ??
    parts.map(({ content }) => content['current-context']).find((each) => typeof each === 'string');
  if (typeof name !== 'string' || name === '') throw unusable('it has no current context; name one');
  const { fields } = find(parts, 'contexts', name);
  const cluster = find(parts, 'clusters', wordOf(fields, 'cluster', `contexts.${name}`));
  const user =
    fields.user === undefined || fields.user === '' ? null : find(parts, 'users', String(fields.user));
  return { ...serverOf(cluster), signIn: user === null ? { kind: 'nobody' } : signInOf(user) };
}

/** Names of the contexts that are there. */
export function contextNames(files: string[]): string[] {
  const parts = files.filter((file) => existsSync(file)).map(readFile);
  return [...new Set(parts.flatMap((part) => entriesOf(part, 'contexts').map(({ name }) => String(name))))];
}

interface Part {
  content: Fields;
  folder: string;
}

function readFile(file: string): Part {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null) throw new Error('it is no map');
    return { content: content as Fields, folder: path.dirname(path.resolve(file)) };
  } catch (error) {
    throw unusable(`${file} can’t be read: ${(error as Error).message.split('\n')[0]}`);
  }
}

const SINGULAR = { contexts: 'context', clusters: 'cluster', users: 'user' } as const;

function find(parts: Part[], list: keyof typeof SINGULAR, name: string): Found {
  for (const part of parts)
    for (const entry of entriesOf(part, list))
      if (entry.name === name)
        return { fields: (entry[SINGULAR[list]] ?? {}) as Fields, folder: part.folder };
  const names = parts.flatMap((part) => entriesOf(part, list).map((entry) => String(entry.name)));
  throw unusable(`it has no ${SINGULAR[list]} "${name}"; there are: ${names.join(', ') || 'none'}`);
}

function entriesOf({ content }: Part, list: string): Entry[] {
  return Array.isArray(content[list]) ? (content[list] as Entry[]) : [];
}

function serverOf({ fields, folder }: Found): Omit<ClusterAccess, 'signIn'> {
  const server = wordOf(fields, 'server', 'clusters').replace(/\/+$/, '');
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw unusable(
      `server: expected an address such as https://10.0.0.1:6443, got ${JSON.stringify(server)}`,
    );
  if (typeof fields['proxy-url'] === 'string') throw unusable('proxy-url is not known to Escale');
  return {
    server,
    authority: dataOf(fields, 'certificate-authority', folder),
    serverName: typeof fields['tls-server-name'] === 'string' ? fields['tls-server-name'] : null,
    isInsecure: fields['insecure-skip-tls-verify'] === true,
  };
}

function signInOf({ fields, folder }: Found): SignIn {
  if (fields['auth-provider'] !== undefined)
    throw unusable('auth-provider was taken out of Kubernetes; use a program that gives tokens (exec)');
  if (fields.exec !== undefined)
    return { kind: 'program', program: programOf(fields.exec as Fields, folder) };
  const certificate = dataOf(fields, 'client-certificate', folder);
  const key = dataOf(fields, 'client-key', folder);
  if (certificate !== null && key !== null) return { kind: 'certificate', certificate, key };
  if (typeof fields.tokenFile === 'string')
    return { kind: 'token-file', file: path.resolve(folder, fields.tokenFile) };
  if (typeof fields.token === 'string') return { kind: 'token', token: fields.token };
  if (typeof fields.username === 'string')
    return { kind: 'password', username: fields.username, password: String(fields.password ?? '') };
  return { kind: 'nobody' };
}

function programOf(exec: Fields, folder: string): SignInProgram {
  const command = wordOf(exec, 'command', 'users.exec');
  const env = Array.isArray(exec.env) ? (exec.env as { name: string; value: string }[]) : [];
  return {
    apiVersion: wordOf(exec, 'apiVersion', 'users.exec'),
    // Like kubectl: a word with a slash is a file beside the kubeconfig, another one is looked for in the PATH.
    command: command.includes('/') ? path.resolve(folder, command) : command,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
    installHint: typeof exec.installHint === 'string' ? exec.installHint.trim() : '',
    wantsCluster: exec.provideClusterInfo === true,
  };
}

/** Inline (base64) or as a file; PEM. Null: neither. */
function dataOf(fields: Fields, name: string, folder: string): string | null {
  const inline = fields[`${name}-data`];
  if (typeof inline === 'string' && inline !== '') return Buffer.from(inline, 'base64').toString('utf8');
  const file = fields[name];
  if (typeof file !== 'string' || file === '') return null;
  try {
    return readFileSync(path.resolve(folder, file), 'utf8');
  } catch (error) {
    throw unusable(`${name}: ${(error as Error).message}`);
  }
}

function wordOf(fields: Fields, name: string, place: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw unusable(`${place}: ${name} is missing`);
}

function unusable(why: string): EscaleError {
  return new EscaleError('cluster-config', `the kubeconfig can’t be used: ${why}`);
}
