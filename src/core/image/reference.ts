import { EscaleError } from '../errors/index.ts';

/** The name of an image in a registry. */
export interface Reference {
  /** `registry.example.org`, `127.0.0.1:5000`. */
  registry: string;
  /** `team/shop`. */
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** The distribution specification's grammar; lengths as of Docker's. */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const REGISTRY =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MOST_LETTERS = 255;

/** `registry/name[:tag][@digest]`. Throws `image-reference`. */
export function parseReference(text: string): Reference {
  const [whole, digest = null, ...more] = text.split('@');
  if (more.length > 0) throw wrong(text, 'it has two digests');
  if (digest !== null && !DIGEST.test(digest))
    throw wrong(text, 'its digest is not sha256: and 64 hex digits');
  const slash = whole!.indexOf('/');
  const registry = whole!.slice(0, Math.max(slash, 0));
  if (slash < 0 || !isRegistry(registry)) throw wrong(text, 'it does not begin with a registry and a slash');
  const { name, tag } = splitTag(whole!.slice(slash + 1));
  if (!REPOSITORY.test(name) || name.length > MOST_LETTERS)
    throw wrong(text, `${JSON.stringify(name)} is no name: lower case letters, digits and single . _ - /`);
  if (tag !== null && !TAG.test(tag)) throw wrong(text, `${JSON.stringify(tag)} is no tag`);
  return { registry, repository: name, tag, digest };
}

/** What is wrong with a name, for people, and how it could be written; null: nothing. */
export function referenceProblem(text: string): { problem: string; hint: string | null } | null {
  try {
    parseReference(text);
    return null;
  } catch (error) {
    const problem = (error as EscaleError).message;
    return { problem, hint: writtenOut(text) };
  }
}

/** What others call `redis:8` or `grafana/grafana` is of Docker Hub. */
function writtenOut(text: string): string | null {
  const whole = `docker.io/${text.includes('/') ? '' : 'library/'}${text}`;
  try {
    parseReference(whole);
    return `With its registry: ${whole}`;
  } catch {
    return null;
  }
}

/** A first part without dot or port is a folder of Docker Hub, as everybody reads it: it must be written out. */
function isRegistry(text: string): boolean {
  const hasMark = text.includes('.') || text.includes(':') || text === 'localhost';
  return hasMark && REGISTRY.test(text);
}

function splitTag(text: string): { name: string; tag: string | null } {
  const colon = text.lastIndexOf(':');
  return colon < 0 ? { name: text, tag: null } : { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function wrong(text: string, why: string): EscaleError {
  return new EscaleError('image-reference', `${JSON.stringify(text.slice(0, 300))}: ${why}`);
}

export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** Whether a registry is on this host by its address, so that plain http stays here. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Docker Hub is named by one host and answers at another one. */
export function hostOf(registry: string): string {
  return registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;
}
