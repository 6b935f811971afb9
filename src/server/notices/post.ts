import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { http, outsideAddresses } from '../../host/index.ts';

export interface Posting {
  url: string;
  allowInside: boolean;
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}

const LONGEST_MS = 10_000;

/**
 * Sends a body once; null: it was taken (2xx), else why not, for people. The name is resolved here, judged, and connected to as
 * it was judged, so that it can't lead somewhere else a moment later. No redirect is followed, and no answer is read.
 */
export async function post(posting: Posting): Promise<string | null> {
  const { hostname } = new URL(posting.url);
  try {
    const addresses = await outsideAddresses(hostname, posting.allowInside);
    const status = await send(posting, addresses[0]!);
    if (status >= 200 && status < 300) return null;
    return status >= 300 && status < 400
      ? `answer ${status}: redirects are not followed`
      : `answer ${status}`;
  } catch (error) {
    // Not its URL: that may be a secret itself.
    const { code, message } = error as NodeJS.ErrnoException;
    return code === undefined ? message : `${message} (${code})`;
  }
}

function send({ url, headers, body, signal }: Posting, address: string): Promise<number> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const { request } = protocol === 'https:' ? https : http;
  const within = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{
        protocol,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: pathname + search,
        method: 'POST',
      },
      ...{ agent: false, lookup: only(address), signal: within },
      headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
    });
    sent.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    sent.once('error', (error) =>
      reject(within.aborted && !signal.aborted ? new Error('no answer in 10 s') : error),
    );
    sent.end(body);
  });
}

function only(address: string): LookupFunction {
  const family = isIP(address);
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}
