import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';

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
  app.get('/*', (request, reply) => {
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

/** Whether someone reads French rather than English. */
export function readsFrench(request: FastifyRequest): boolean {
  const header = request.headers['accept-language'] ?? '';
  const weight = (language: string) =>
    Math.max(
      0,
      ...header
        .split(',')
        .map((part) => part.trim().toLowerCase().split(';q='))
        .filter(([tag]) => tag === language || tag!.startsWith(`${language}-`))
        .map(([, q]) => Number(q ?? 1)),
    );
  return weight('fr') > weight('en');
}

export function signInPage(request: FastifyRequest): string {
  const french = readsFrench(request);
  return page(french ? 'fr' : 'en', {
    title: french ? 'Connexion à Escale' : 'Sign in to Escale',
    text: french
      ? 'Cette page s’ouvre avec une adresse à usage unique. Pour en obtenir une, tapez sur cette machine :'
      : 'This page opens with an address that works once. To get one, type on this machine:',
    command: 'escale open',
  });
}

function notBuilt(request: FastifyRequest): string {
  const french = readsFrench(request);
  return page(french ? 'fr' : 'en', {
    title: 'Escale',
    text: french
      ? 'Les pages sont en cours de construction ; rechargez dans quelques secondes. En attendant :'
      : 'The pages are being built; reload in a few seconds. Meanwhile:',
    command: 'escale status',
  });
}

function page(
  language: string,
  { title, text, command }: { title: string; text: string; command: string },
): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
main { max-width: 32rem; padding: 2rem; } code { font-size: 1.1rem; padding: .3rem .6rem; border: 1px solid; border-radius: .4rem; }
</style></head>
<body><main><h1>${title}</h1><p>${text}</p><p><code>${command}</code></p></main></body></html>
`;
}
