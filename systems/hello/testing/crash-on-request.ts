import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Loaded into an instance by `NODE_OPTIONS=--import`: a request with `x-crash` rejects a promise that nobody handles. */
subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (request.headers['x-crash']) void Promise.reject(new Error('crash wanted by a test'));
});
