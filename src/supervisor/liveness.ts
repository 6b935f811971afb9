import http from 'node:http';

/** Null when a GET is answered 2xx or 3xx in time; otherwise what was wrong, for people. */
export function livenessProblem(target: {
  host: string;
  port: number;
  path: string;
  timeoutMs: number;
}): Promise<string | null> {
  const { host, port, path, timeoutMs } = target;
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400 ? null : `GET ${path} answered ${status}`);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.once('error', (error) => resolve(`GET ${path}: ${error.message}`));
  });
}
