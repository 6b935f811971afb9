/**
 * Serves the folder above its own as files. It stands alone: a copy of it is part of every static artifact.
 * node static-server.ts [--spa]   listens on HOST:PORT from the environment
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const root = realpathSync(path.dirname(import.meta.dirname));
const spa = process.argv.includes('--spa');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.xml': 'application/xml',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
};

interface Found {
  file: string;
  stat: Stats;
  status: number;
}

/** The file for a path; null when there is none. Never outside the folder, never a dot file. */
function find(pathname: string): Found | null {
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts.some((part) => part.startsWith('.') || part.includes('\0') || part.includes('\\'))) return null;
  const wanted = path.join(root, ...parts);
  return (
    asFile(wanted, 200) ??
    asFile(path.join(wanted, 'index.html'), 200) ??
    (spa && !path.extname(pathname) ? asFile(path.join(root, 'index.html'), 200) : null) ??
    asFile(path.join(root, '404.html'), 404)
  );
}

function asFile(file: string, status: number): Found | null {
  try {
    const real = realpathSync(file);
    const stat = statSync(real);
    const inside = real.startsWith(`${root}${path.sep}`);
    return inside && stat.isFile() ? { file: real, stat, status } : null;
  } catch {
    return null;
  }
}

function isFolder(pathname: string): boolean {
  try {
    return statSync(path.join(root, pathname)).isDirectory();
  } catch {
    return false;
  }
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const [rawPath = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const pathname = decode(rawPath);
  if (pathname === null) return void response.writeHead(400).end('400 Bad Request\n');
  if (pathname === '/.escale/ready') return void response.writeHead(200).end('OK\n');
  const found = find(pathname);
  if (found === null)
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found\n');
  if (found.status === 200 && !pathname.endsWith('/') && isFolder(pathname))
    return redirect(request, response, rawPath, query);
  send(request, response, found);
}

function decode(rawPath: string): string | null {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return null;
  }
}

/** `/docs` → `/docs/`, below the prefix that a gateway cut; so that relative links in the page work. */
function redirect(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  rawPath: string,
  query: string,
): void {
  const prefix = String(request.headers['x-forwarded-prefix'] ?? '');
  const clean = rawPath.replace(/^\/+/, '/');
  response.writeHead(301, { location: `${prefix}${clean}/${query ? `?${query}` : ''}` }).end();
}

function send(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { file, stat, status }: Found,
): void {
  const etag = `"${stat.size.toString(36)}-${versionOf(file, stat)}"`;
  const type = TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
  const headers = {
    etag,
    'content-type': type,
    'cache-control': 'no-cache',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
  };
  if (status === 200 && request.headers['if-none-match'] === etag)
    return void response.writeHead(304, headers).end();
  const condition = request.headers['if-range'];
  const known = condition === undefined || condition === etag;
  const range = status === 200 && known ? parseRange(request.headers.range, stat.size) : null;
  if (range === 'unsatisfiable')
    return void response.writeHead(416, { 'content-range': `bytes */${stat.size}` }).end();
  const { start, end } = range ?? { start: 0, end: stat.size - 1 };
  const partial = range === null ? {} : { 'content-range': `bytes ${start}-${end}/${stat.size}` };
  response.writeHead(range === null ? status : 206, {
    ...headers,
    ...partial,
    'content-length': end - start + 1,
  });
  if (request.method === 'HEAD' || stat.size === 0) return void response.end();
  createReadStream(file, { start, end })
    .on('error', () => response.destroy())
    .pipe(response);
}

/** Known contents, by file: in an image files never change. */
const contents = new Map<string, string>();

/** Changes when the file does. In an image all times are 1970: there it is the content that tells. */
function versionOf(file: string, { mtimeMs }: Stats): string {
  if (mtimeMs > 0) return Math.round(mtimeMs).toString(36);
  const known =
    contents.get(file) ?? createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
  contents.set(file, known);
  return known;
}

/** One byte range (RFC 9110 §14.1.2); several, or other units, are answered with the whole file. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  if (match[2] !== '' && Number(match[1]) > Number(match[2])) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

const server = http.createServer(answer);
server.listen(Number(process.env.PORT ?? 8000), process.env.HOST ?? '127.0.0.1');
process.once('SIGTERM', () => server.close(() => process.exit(0)));
