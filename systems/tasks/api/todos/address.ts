import type { IncomingHttpHeaders } from 'node:http';

/** What a request says about where its client stands: through gateways, `X-Forwarded-Proto`, `-Host` and `-Prefix`. */
export function clientBase(headers: IncomingHttpHeaders): string {
  const proto = first(headers['x-forwarded-proto'], /^https?$/) ?? 'http';
  const host = first(headers['x-forwarded-host'], /^[\w.-]+(:\d{1,5})?$|^\[[\da-fA-F:.]+\](:\d{1,5})?$/);
  const prefix = first(headers['x-forwarded-prefix'], /^(\/[\w.~%-]+)+\/?$/) ?? '';
  return `${proto}://${host ?? headers.host ?? 'localhost'}${prefix.replace(/\/$/, '')}`;
}

/** The first of the values that a chain of gateways wrote, if it is one that can stand in an address. */
function first(header: string | string[] | undefined, shape: RegExp): string | null {
  const value = [header ?? ''].flat()[0]!.split(',')[0]!.trim();
  return shape.test(value) ? value : null;
}
