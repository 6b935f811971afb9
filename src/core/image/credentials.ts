/** Where the user for a registry comes from, as `~/.docker/config.json` says. */
export type CredentialSource =
  | { kind: 'none' }
  | { kind: 'helper'; name: string; server: string }
  | { kind: 'user'; user: string; password: string }
  | { kind: 'token'; identityToken: string };

interface DockerConfig {
  auths?: Record<string, { auth?: unknown; identitytoken?: unknown; username?: unknown; password?: unknown }>;
  credHelpers?: Record<string, unknown>;
  credsStore?: unknown;
}

/** The name under which Docker itself keeps the user of Docker Hub. */
const HUB = 'https://index.docker.io/v1/';
const HUB_HOSTS = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const HELPER = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A registry's own helper first, then an entry of the file, then the store of all. */
export function credentialSource(config: unknown, registry: string): CredentialSource {
  if (!isMap(config)) return { kind: 'none' };
  const { auths = {}, credHelpers = {}, credsStore } = config as DockerConfig;
  const server = HUB_HOSTS.includes(registry) ? HUB : registry;
  const helper = keyed(credHelpers, registry);
  if (isHelper(helper)) return { kind: 'helper', name: helper, server };
  const entry = entrySource(keyed(auths, registry));
  if (entry !== null) return entry;
  return isHelper(credsStore) ? { kind: 'helper', name: credsStore, server } : { kind: 'none' };
}

/** A name of a program, never a path to one. */
function isHelper(name: unknown): name is string {
  return typeof name === 'string' && HELPER.test(name);
}

/** Keys are hosts, or addresses with `https://` before and a path behind. */
function keyed(map: unknown, registry: string): unknown {
  if (!isMap(map)) return undefined;
  const wanted = plainHost(registry);
  const key = Object.keys(map).find((each) => plainHost(each) === wanted);
  return key === undefined ? undefined : map[key];
}

function plainHost(text: string): string {
  const host = text.replace(/^https?:\/\//, '').split('/')[0]!;
  return HUB_HOSTS.includes(host) ? 'docker.io' : host;
}

function entrySource(entry: unknown): CredentialSource | null {
  if (!isMap(entry)) return null;
  const { identitytoken, auth, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return { kind: 'token', identityToken: identitytoken };
  if (typeof username === 'string' && typeof password === 'string')
    return { kind: 'user', user: username, password };
  if (typeof auth !== 'string' || auth === '') return null;
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { kind: 'user', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** What a helper printed; null where it is not what it should be. */
export function helperAnswer(text: string): CredentialSource | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isMap(value) || typeof value.Username !== 'string' || typeof value.Secret !== 'string') return null;
  return value.Username === '<token>'
    ? { kind: 'token', identityToken: value.Secret }
    : { kind: 'user', user: value.Username, password: value.Secret };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
