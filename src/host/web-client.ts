import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { EscaleError } from '../core/errors/index.ts';
import { type JsonClient, jsonClient } from './json-client.ts';
import { http } from './node-http.ts';

export interface WebAddress {
  /** `https://escale.example.org`, or `http://` on this machine. */
  url: string;
  token: string;
}

/**
 * A JSON client of a control plane elsewhere. Certificates are verified, and no redirect is followed, so the token goes
 * to this address and nowhere else.
 */
export function connectWeb({ url, token }: WebAddress): JsonClient {
  const { protocol, hostname, port, host } = new URL(url);
  const { request } = protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
  return jsonClient({
    begin: ({ alone: _, headers, ...rest }) =>
      request({
        ...{ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, lookup, agent: false },
        ...rest,
        headers: { ...headers, authorization: `Bearer ${token}` },
      }),
    away: (cause) => awayFrom(host, cause),
    strange: (status) => {
      if ([502, 503, 504].includes(status)) return awayFrom(host, { message: `answer ${status}` } as Error);
      return new EscaleError('login-refused', `${host} answers ${status}, as Escale does not`);
    },
  });
}

function awayFrom(host: string, cause: NodeJS.ErrnoException): EscaleError {
  const { code = '' } = cause;
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) || code === 'EPROTO')
    return new EscaleError('login-refused', `${host} has no certificate that can be trusted (${code})`);
  return new EscaleError('process-away', `Escale at ${host} does not answer (${code || cause.message})`, {
    next: 'Try again in a moment; check the address with `escale context list`.',
  });
}

/** `*.localhost` is this machine (RFC 6761), which not every resolver knows. */
const lookup: LookupFunction = (hostname, options, callback) => {
  if (!/(^|\.)localhost$/.test(hostname)) return dns.lookup(hostname, options, callback);
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
