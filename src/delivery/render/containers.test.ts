import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { temporary, writeTree } from '../testing/tree.ts';
import { renderCiOf, renderComposeOf, renderDockerfilesOf } from './index.ts';

const FILES = {
  '.git/HEAD': '',
  'shop/escale.yaml': `name: shop
services:
  web: { source: ./web, dockerfile: build/Dockerfile, port: 8080, uses: [cache, api] }
  cache: { image: 'registry.example.org/cache:8', command: 'serve --port \${PORT}', port: 6000, volume: /var/lib/cache }
  api: { source: ./api, command: node server.js, port: true, uses: [web2] }
  web2: { image: 'registry.example.org/web2:1', port: true }
jobs:
  migrate: { source: ./web, dockerfile: build/Dockerfile, command: migrate all, before: deploy }
routes: { shop.localhost: web, shop.localhost/api: api }
environments:
  staging: { target: docker }
`,
  'shop/web/build/Dockerfile': 'FROM scratch\n',
  'shop/api/server.js': '',
};

const CLOSED = {
  tmpfs: ['/tmp:size=268435456'],
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  pids_limit: 4096,
};
const OWN = {
  cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
};
const ENDING = { restart: 'unless-stopped', stop_grace_period: '40s' };

test('compose builds a Dockerfile where it stands, and takes an image as it is', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const { files } = await renderComposeOf(path.join(top, 'shop'));
  assert.deepEqual(
    files.map((file) => file.path),
    ['deploy/shop/compose.yaml', 'deploy/shop/api.Dockerfile', 'deploy/shop/api.Dockerfile.dockerignore'],
  );
  const { services, volumes, configs } = parse(files[0]!.text);
  assert.deepEqual(services.web, {
    build: { context: '../../shop/web', dockerfile: 'build/Dockerfile' },
    ...{ ...CLOSED, ...OWN, ...ENDING },
    environment: {
      ...{ CACHE_URL: 'http://cache:6000', API_URL: 'http://api:8000', HOST: '0.0.0.0', PORT: '8080' },
    },
  });
  assert.deepEqual(services.cache, {
    image: 'registry.example.org/cache:8',
    command: ['serve', '--port', '6000'],
    ...{ ...CLOSED, ...OWN, ...ENDING },
    environment: { HOST: '0.0.0.0', PORT: '6000', DATA_DIR: '/var/lib/cache' },
    volumes: ['cache:/var/lib/cache'],
  });
  assert.deepEqual(services.migrate.build, services.web.build);
  assert.deepEqual(services.migrate.command, ['migrate', 'all']);
  assert.equal(services.api.environment.WEB2_URL, 'http://web2:8000');
  assert.deepEqual(volumes, { cache: {} });
  assert.match(configs.routes.content, /http:\/\/web:8080;/);
  assert.match(configs.routes.content, /http:\/\/api:8000;/);
});

test('what has a Dockerfile of its own gets none; other CI systems build that one', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const { files } = await renderDockerfilesOf(path.join(top, 'shop'));
  assert.deepEqual(
    files.map((file) => path.basename(file.path)),
    ['api.Dockerfile', 'api.Dockerfile.dockerignore'],
  );
  for (const ci of ['gitlab', 'github', 'circleci'] as const) {
    const rendered = await renderCiOf(ci, path.join(top, 'shop'));
    const text = rendered.files.map((file) => file.text).join('\n');
    assert.match(text, /--file shop\/web\/build\/Dockerfile .*:\$\w+"? shop\/web/, ci);
    assert.match(text, /--file deploy\/shop\/api\.Dockerfile /, ci);
    assert.doesNotMatch(text, /cache\.Dockerfile|web2/, ci);
  }
});

test('files are served by an nginx that can write what it makes of its template, and nothing else', async (t) => {
  const site =
    'name: site\nservices:\n  docs: { source: ./docs, static: true, port: true }\nroutes: { docs.localhost: docs }\n';
  const top = writeTree(temporary(t), { '.git/HEAD': '', 'escale.yaml': site, 'docs/index.html': 'docs' });
  const { files } = await renderComposeOf(top);
  const { docs } = parse(files[0]!.text).services;
  assert.equal(docs.read_only, true);
  assert.deepEqual(docs.tmpfs, ['/tmp:size=268435456', '/etc/nginx/conf.d']);
});
