import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readsFrench } from './language.ts';
import { pageText } from './page-text.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** The dashboard's built files; every other path but the API's gets its `index.html`. */
export function pageRoutes(app: FastifyInstance, folder: string): void {
  app.get('/*', { config: { access: { role: 'viewer', environment: 'any' } } }, (request, reply) => {
    const { pathname } = new URL(request.url, 'http://page');
    if (/^\/api(\/|$)/.test(pathname)) return reply.callNotFound();
    const file = fileFor(folder, pathname);
    if (file === null) return reply.code(503).type('text/html; charset=utf-8').send(notBuilt(request));
    const isHashed = file.includes(`${path.sep}assets${path.sep}`);
    return reply
      .header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      .type(TYPES[path.extname(file)] ?? 'application/octet-stream')
      .send(createReadStream(file));
  });
}

/** A file inside the folder after links are followed; the index for anything else; null while nothing is built. */
function fileFor(folder: string, pathname: string): string | null {
  const index = path.join(folder, 'index.html');
  if (!existsSync(index)) return null;
  const wanted = path.join(folder, path.posix.normalize(decodeURIComponent(pathname)));
  if (!existsSync(wanted) || !statSync(wanted).isFile()) return index;
  return realpathSync(wanted).startsWith(`${realpathSync(folder)}${path.sep}`) ? wanted : index;
}

function notBuilt(request: FastifyRequest): string {
  const french = readsFrench(request);
  const text = french
    ? 'Les pages sont en cours de construction ; rechargez dans quelques secondes. En attendant :'
    : 'The pages are being built; reload in a few seconds. Meanwhile:';
  const body = `<section><p>${text}</p><p><code>escale status</code></p></section>`;
  return pageText(french ? 'fr' : 'en', { title: 'Escale', body });
}
