import { http } from '../host/index.ts';

/**
 * Null when a GET is answered 2xx or 3xx in time; otherwise what was wrong, for people. The time is one for the
 * whole exchange: what trickles does not keep the check waiting, and a body without end no connection open.
 */
export function livenessProblem(target: {
  host: string;
  port: number;
  path: string;
  timeoutMs: number;
}): Promise<string | null> {
  const { host, port, path, timeoutMs } = target;
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, agent: false }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400 ? null : `GET ${path} answered ${status}`);
    });
    const late = () => request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    request.once('close', () => clearTimeout(timer));
    request.on('error', (error) => resolve(`GET ${path}: ${error.message}`));
  });
}
