import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EscaleError } from '../../core/errors/index.ts';
import { resolveSystem } from '../../core/manifest/index.ts';
import { loadSystem } from '../source/index.ts';
import type { InitRequest } from './index.ts';
import { initSystem } from './index.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'escale-init-')));
after(() => rmSync(root, { recursive: true, force: true }));

const ADDRESS = `--host \${HOST} --port \${PORT}`;
const LISTEN = 'import http from "node:http"; http.createServer().listen(process.env.PORT);';
let number = 0;

function folderWith(files: Record<string, string>, name = 'my-app'): string {
  const folder = join(root, String(++number), name);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Writes a first file and reads it back: name, each service in short, routes, notes. */
async function init(folder: string, request: Partial<InitRequest> = {}) {
  const result = await initSystem({ folder, ...request });
  const system = resolveSystem((await loadSystem({ folder })).model);
  const services = Object.values(system.services).map(({ name, source, command, port, health }) => {
    const runs = command.length === 0 ? 'static' : command.join(' ');
    return `${name} ${source}: ${runs}${port ? '' : ' (worker)'}${health.ready ? ` ${health.ready}` : ''}`;
  });
  const routes = system.routes.map(({ host, service }) => `${host} ${service}`);
  const notes = [...result.services.flatMap((service) => service.notes), ...result.remarks];
  return { name: system.name, services, routes, notes, text: readFileSync(result.file, 'utf8'), system };
}

async function services(files: Record<string, string>): Promise<string[]> {
  return (await init(folderWith(files))).services;
}

function packageFile(content: object): string {
  return JSON.stringify(content);
}

test('node: a plain start script, its probe and its variables', async () => {
  const { services, system, routes } = await init(
    folderWith({
      'package.json': packageFile({
        scripts: { start: 'NODE_ENV=production PORT=3000 node server.ts --x "a b"' },
      }),
      'server.ts': `${LISTEN} if (url === '/healthz') ok();`,
    }),
  );
  assert.deepEqual(services, ['web .: node server.ts --x a b /healthz']);
  assert.deepEqual(system.services.web?.env, { NODE_ENV: 'production' });
  assert.deepEqual(routes, ['my-app.localhost web']);
});

test('node: a start script that needs a shell, or a program of a package', async () => {
  assert.deepEqual(
    await services({ 'package.json': packageFile({ scripts: { start: 'npm run build && node x.js' } }) }),
    ['web .: npm start'],
  );
  assert.deepEqual(
    await services({
      'package.json': packageFile({ scripts: { start: 'tsx server.ts' }, devDependencies: { tsx: '4' } }),
    }),
    ['web .: ./node_modules/.bin/tsx server.ts'],
  );
});

test('node: main, server.ts, index.js, and without a package.json', async () => {
  assert.deepEqual(
    await services({ 'package.json': packageFile({ main: './lib/a b.js' }), 'lib/a b.js': LISTEN }),
    ['web .: node lib/a b.js'],
  );
  assert.deepEqual(await services({ 'package.json': '{}', 'server.ts': LISTEN }), ['web .: node server.ts']);
  assert.deepEqual(await services({ 'index.mjs': LISTEN }), ['web .: node index.mjs']);
  assert.deepEqual(await services({ 'package.json': '{}', 'src/index.ts': LISTEN }), [
    'web .: node src/index.ts',
  ]);
});

test('node: a worker, and a fixed port', async () => {
  assert.deepEqual(await services({ 'worker.js': 'setInterval(work, 1000)' }), [
    'worker .: node worker.js (worker)',
  ]);
  const { notes } = await init(folderWith({ 'server.js': 'app.listen(3000)' }));
  assert.match(notes.join(), /fixed port/);
});

test('node: an empty or broken package.json', async () => {
  for (const text of ['', '{', '[]', 'null', '{"scripts": 3, "main": {}, "dependencies": "x"}']) {
    const folder = folderWith({ 'package.json': text, 'server.js': LISTEN });
    const { services, notes } = await init(folder);
    assert.deepEqual(services, ['web .: node server.js'], text);
    assert.equal(
      notes.some((note) => /not valid JSON/.test(note)),
      text !== '{"scripts": 3, "main": {}, "dependencies": "x"}',
      text,
    );
  }
});

test('frameworks that build first are told honestly', async () => {
  const vite = {
    'package.json': packageFile({ scripts: { start: 'vite' }, devDependencies: { vite: '8' } }),
    'index.html': '',
  };
  await assert.rejects(initSystem({ folder: folderWith(vite) }), /built first \(Vite\)/);
  const { services, notes } = await init(folderWith({ ...vite, 'dist/index.html': '' }));
  assert.deepEqual(services, ['web dist: static']);
  assert.match(notes.join(), /Vite builds these files/);
  const next = await init(
    folderWith({
      'package.json': packageFile({ scripts: { start: 'next start' }, dependencies: { next: '16' } }),
    }),
  );
  assert.match(next.services.join(), /next start --hostname \$\{HOST\} --port \$\{PORT\}/);
  assert.match(next.notes.join(), /builds first/);
});

test('python: Flask, FastAPI, Django, plain', async () => {
  const flask = 'from flask import Flask\napp = Flask(__name__)\n';
  assert.deepEqual(await services({ 'app.py': flask, 'requirements.txt': 'flask' }), [
    `web .: python3 -m flask --app app run ${ADDRESS}`,
  ]);
  assert.deepEqual(await services({ 'app.py': flask, 'requirements.txt': 'Flask\ngunicorn' }), [
    `web .: python3 -m gunicorn --bind \${HOST}:\${PORT} app:app`,
  ]);
  assert.deepEqual(await services({ 'main.py': 'from fastapi import FastAPI\napi: FastAPI = FastAPI()\n' }), [
    `web .: python3 -m uvicorn ${ADDRESS} main:api`,
  ]);
  assert.deepEqual(
    await services({ 'manage.py': `os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')` }),
    [`web .: python3 manage.py runserver --noreload \${HOST}:\${PORT}`],
  );
  assert.deepEqual(await services({ 'manage.py': `'shop.settings'`, 'requirements.txt': 'gunicorn' }), [
    `web .: python3 -m gunicorn --bind \${HOST}:\${PORT} shop.wsgi`,
  ]);
  assert.deepEqual(
    await services({ 'server.py': 'HTTPServer((os.environ["HOST"], int(os.environ["PORT"])))' }),
    ['web .: python3 server.py'],
  );
  assert.deepEqual(await services({ 'main.py': 'while True: work()' }), [
    'worker .: python3 main.py (worker)',
  ]);
});

test('files: an index.html here, or in a usual folder', async () => {
  assert.deepEqual(await services({ 'index.html': '<h1>' }), ['web .: static']);
  for (const place of ['public', 'dist', 'site'])
    assert.deepEqual(await services({ [`${place}/index.html`]: '' }), [`web ${place}: static`]);
});

test('pages in folders of a site are no services of their own', async () => {
  assert.deepEqual(await services({ 'index.html': '', 'about/index.html': '', 'public/index.html': '' }), [
    'web .: static',
  ]);
});

test('several services, in folders of one system', async () => {
  const { services, routes } = await init(
    folderWith({
      'web/index.html': '',
      'API Server/server.ts': LISTEN,
      'jobs/worker.py': 'while True: pass',
      'docs/readme.md': '',
      'node_modules/x/server.js': LISTEN,
      '.hidden/server.js': LISTEN,
    }),
  );
  assert.deepEqual(services, [
    'api-server API Server: node server.ts',
    'jobs jobs: python3 worker.py (worker)',
    'web web: static',
  ]);
  assert.deepEqual(routes, ['my-app.localhost web', 'api-server.my-app.localhost api-server']);
});

test('a monorepo with workspaces', async () => {
  const { services } = await init(
    folderWith({
      'package.json': packageFile({
        workspaces: ['apps/*', 'packages/*'],
        scripts: { start: 'turbo start' },
      }),
      'apps/web/package.json': packageFile({ scripts: { start: 'node server.js' } }),
      'apps/web/server.js': LISTEN,
      'packages/web/server.js': LISTEN,
      'packages/library/package.json': packageFile({ main: 'index.js' }),
      'packages/library/index.js': 'export const add = (a, b) => a + b;',
    }),
  );
  assert.deepEqual(services, ['web apps/web: node server.js', 'web-2 packages/web: node server.js']);
});

test('a page beside services does not serve their sources', async () => {
  const { services, notes } = await init(folderWith({ 'index.html': '', 'api/server.js': LISTEN }));
  assert.deepEqual(services, ['api api: node server.js']);
  assert.match(notes.join(), /index\.html beside the services is left out/);
});

test('strange names of folders', async () => {
  const names = {
    'Café à côté 2': 'cafe-a-cote-2',
    '2048': 'app',
    日本: 'app',
    "it's $(x)": 'it-s-x',
    'a:b #c': 'a-b-c',
  };
  for (const [folder, name] of Object.entries(names)) {
    assert.equal((await init(folderWith({ 'index.html': '' }, folder))).name, name);
    const { system } = await init(folderWith({ [`${folder}/server.js`]: LISTEN }));
    assert.equal(Object.values(system.services)[0]?.source, folder);
  }
});

test('links, loops and thousands of files', async () => {
  const folder = folderWith({ 'server.js': LISTEN });
  symlinkSync('..', join(folder, 'loop'));
  symlinkSync('/etc', join(folder, 'public'));
  symlinkSync('package.json', join(folder, 'package.json'));
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 6000; index++) writeFileSync(join(folder, 'many', `f${index}.txt`), '');
  assert.deepEqual((await init(folder)).services, ['web .: node server.js']);
});

test('nothing to recognise says what is looked for', async () => {
  const folders: Record<string, string>[] = [
    {},
    { 'README.md': 'x' },
    { 'node_modules/x/index.js': LISTEN },
    { 'package.json': '{"name": "x"}' },
  ];
  for (const files of folders) {
    const error = await initSystem({ folder: folderWith(files) }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof EscaleError && error.code === 'init-nothing');
    assert.match(error.next, /package\.json .* app\.py/);
  }
  await assert.rejects(initSystem({ folder: folderWith({ 'go.mod': '' }) }), /Go was seen/);
});

test('a file that is there stays, unless forced', async () => {
  const folder = folderWith({ 'index.html': '', 'escale.yml': 'mine' });
  const exists = (error: unknown) => error instanceof EscaleError && error.code === 'init-exists';
  await assert.rejects(initSystem({ folder }), exists);
  await assert.rejects(initSystem({ folder, typescript: true, force: true }), exists);
  assert.equal(readFileSync(join(folder, 'escale.yml'), 'utf8'), 'mine');
  await init(folder, { force: true });
  assert.deepEqual(readdirSync(folder).sort(), ['escale.yml', 'index.html']);
});

test('the name that is asked for, or why not', async () => {
  const folder = folderWith({ 'index.html': '' });
  await assert.rejects(
    initSystem({ folder, name: 'My App' }),
    (error) => error instanceof EscaleError && error.next === 'For example --name my-app.',
  );
  assert.equal((await init(folder, { name: 'shop' })).name, 'shop');
});

test('the same system as TypeScript', async () => {
  const files = {
    'package.json': packageFile({ scripts: { start: `X=1 node server.js 'a"b'` } }),
    'server.js': `${LISTEN} '/readyz'`,
  };
  const yaml = await init(folderWith(files));
  const script = await init(folderWith(files), { typescript: true });
  assert.deepEqual(script.system, yaml.system);
  assert.match(script.text, /^import { defineSystem } from 'escale';/);
});

test('the first file, whole', async () => {
  const { text } = await init(
    folderWith({ 'web/index.html': '', 'api/server.ts': `${LISTEN} '/readyz'` }, 'shop'),
  );
  assert.equal(
    text,
    `# A system of Escale. \`escale check\` checks this file, \`escale up\` runs it here.
name: shop

services:
  # Node (server.ts)
  api:
    source: ./api
    command: node server.ts
    # It listens on HOST:PORT from its environment. Take this out for a worker.
    port: true
    health:
      ready: /readyz
    replicas: 1

  # files (index.html)
  web:
    source: ./web
    static: true
    replicas: 1

routes:
  shop.localhost: web
  api.shop.localhost: api
  # The same host works, too; the prefix is cut off: shop.localhost/api: api
`,
  );
});
