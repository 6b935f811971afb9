import { connectSources, publicAddresses } from './addresses.ts';
import { readAssets } from './assets.ts';
import { readInitial } from './initial.ts';
import { createService, type Service } from './lifecycle.ts';
import { preferredLanguage } from './negotiation.ts';
import { renderPage } from './render.ts';

/** The web server of the page, not yet listening. */
export function createWeb(env: NodeJS.ProcessEnv): Service {
  const service = createService();
  const { app } = service;
  const assets = readAssets();
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
  });
  app.get('/', async (request, reply) => {
    const addresses = publicAddresses(env, request.headers);
    const language = preferredLanguage(request.headers['accept-language']);
    const todos = await readInitial(env.API_URL, request.query);
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': contentPolicy(connectSources(addresses)),
      'cache-control': 'no-cache',
      vary: 'Accept-Language',
    });
    return renderPage({ language, ...addresses, todos });
  });
  for (const { path, type, body, tag } of assets)
    app.get(path, async (request, reply) => {
      if (path === offlineWorker) reply.header('service-worker-allowed', '/');
      reply.headers({ 'content-type': type, etag: tag, 'cache-control': 'no-cache' });
      return request.headers['if-none-match'] === tag ? reply.code(304).send() : body;
    });
  return service;
}

/** A worker may only answer for the folder it lies in, unless its own answer allows more. */
const offlineWorker = '/page/offline-worker.js';

function contentPolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
