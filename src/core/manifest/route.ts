/** A route's key taken apart, or what is wrong with it. */
export type ParsedRoute = { host: string; prefix: string } | { problem: string; hint: string | null };
export type ParsedHost = { host: string } | { problem: string; hint: string | null };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SEGMENT = /^[A-Za-z0-9._~!$&'()+,=:@-]+$/;

/** `Tasks.localhost/api/` → host `tasks.localhost`, prefix `/api`. */
export function parseRoute(key: string): ParsedRoute {
  const scheme = /^[a-z]+:\/\//i.exec(key)?.[0];
  if (scheme)
    return { problem: `begins with ${scheme}`, hint: `Write the host alone: ${key.slice(scheme.length)}` };
  const slash = key.indexOf('/');
  const host = parseHost(slash < 0 ? key : key.slice(0, slash));
  if ('problem' in host) return host;
  const problem = prefixProblem(slash < 0 ? '/' : key.slice(slash));
  if (problem) return { problem, hint: 'A prefix is plain, such as /api or /api/v1.' };
  const prefix = slash < 0 ? '/' : key.slice(slash).replace(/\/$/, '') || '/';
  return { host: host.host, prefix };
}

/** A host in lower case: labels of letters, digits and hyphens; `*.` may stand in front. */
export function parseHost(text: string): ParsedHost {
  const host = text.toLowerCase();
  if (host === '') return { problem: 'has no host', hint: 'For example: hello.localhost' };
  const port = /:\d*$/.exec(host)?.[0];
  if (port)
    return { problem: `names a port (${port})`, hint: 'Routes have no port; the gateway has one for all.' };
  const labels = (host.startsWith('*.') ? host.slice(2) : host).split('.');
  if (host.length <= 253 && labels.every((label) => LABEL.test(label))) return { host };
  return { problem: 'is not a host name', hint: hostHint(host) };
}

function hostHint(host: string): string | null {
  if (host.endsWith('.')) return 'Leave the dot at the end out.';
  if (host.includes('_')) return 'A host name has no underscores.';
  if (!/[^\x20-\x7e]/.test(host)) return null;
  const ascii = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  return ascii.startsWith('xn--') || ascii.includes('.xn--') ? `Write its ASCII form: ${ascii}` : null;
}

function prefixProblem(prefix: string): string | null {
  if (prefix.includes('%')) return 'has an encoded character in its prefix';
  if (prefix.includes('//')) return 'has // in its prefix';
  const segments = prefix.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return 'has a dot segment in its prefix';
  if (prefix.length > 512) return 'has a prefix longer than 512 characters';
  return segments.every((segment) => SEGMENT.test(segment))
    ? null
    : 'has a character in its prefix that a path can’t match';
}

/** The host that an environment answers on: as written on `local`, else `<environment>.<host>`, unless it is mapped. */
export function environmentHost(host: string, environment: string, mapped: string | undefined): string {
  if (mapped !== undefined) return mapped;
  if (environment === 'local') return host;
  return host.startsWith('*.') ? `*.${environment}.${host.slice(2)}` : `${environment}.${host}`;
}
