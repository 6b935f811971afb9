import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const root = realpathSync(mkdtempSync(join(tmpdir(), 'escale-cli-')));
after(() => rmSync(root, { recursive: true, force: true }));

/** Runs `escale` in a folder, as a person would without a terminal. */
function escale(folder: string, ...words: string[]) {
  const env = { ...process.env, NO_COLOR: '1', ESCALE_HTTP_PORT: '' };
  const result = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(root, 'system-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const RIGHT = `name: demo
services:
  web: { command: node server.ts, port: true, replicas: 2, uses: [api] }
  api: { command: node api.ts, port: true }
  worker: { command: node worker.ts }
routes:
  demo.localhost: web
  demo.localhost/api: api
environments:
  production:
    services: { web: { replicas: 4 } }
    routes: { demo.localhost: demo.example.org }
`;

test('check shows what a right file describes', () => {
  const folder = folderWith({ 'escale.yaml': RIGHT });
  assert.deepEqual(escale(folder, 'check'), {
    code: 0,
    err: '',
    out: `✓ escale.yaml: demo, 3 services
local
  web     2 instances         node server.ts  uses api
  api     1 instance          node api.ts
  worker  1 instance, worker  node worker.ts
  http://demo.localhost:8080      →  web
  http://demo.localhost:8080/api  →  api
production
  web     4 instances         node server.ts  uses api
  api     1 instance          node api.ts
  worker  1 instance, worker  node worker.ts
  demo.example.org      →  web
  demo.example.org/api  →  api
`,
  });
});

test('check of one environment, as JSON', () => {
  const folder = folderWith({ 'escale.yaml': RIGHT });
  const { code, out } = escale(folder, 'check', '.', '--environment', 'production', '--json');
  const answer = JSON.parse(out) as {
    name: string;
    environments: Record<string, { services: { web: { replicas: number } } }>;
  };
  assert.equal(code, 0);
  assert.deepEqual(Object.keys(answer.environments), ['production']);
  assert.equal(answer.environments.production?.services.web.replicas, 4);
});

test('check tells every mistake and fails', () => {
  const folder = folderWith({
    'escale.yaml': RIGHT.replace('replicas: 2', 'replica: 2')
      .replace('port: true, replicas', 'port: true')
      .replace('uses: [api]', 'uses: [apo]'),
  });
  const { code, out, err } = escale(folder, 'check');
  assert.deepEqual([code, out], [1, '']);
  assert.match(
    err,
    /escale\.yaml:3 {2}services\.web\.replica: unknown key "replica"\n {4}Did you mean "replicas"\?/,
  );
  assert.match(err, /escale\.yaml:3 {2}services\.web\.uses\[0\]: there is no service "apo"/);
  const json = escale(folder, 'check', '--json');
  const { error } = JSON.parse(json.out) as { error: { code: string; mistakes: { line: number }[] } };
  assert.deepEqual(
    [json.code, error.code, error.mistakes.map(({ line }) => line)],
    [1, 'file-invalid', [3, 3]],
  );
});

test('check without a file, of an unknown environment, with an unknown option', () => {
  const empty = escale(folderWith({}), 'check');
  assert.equal(empty.code, 1);
  assert.match(empty.err, /escale init/);
  const folder = folderWith({ 'escale.yaml': RIGHT });
  const unknown = escale(folder, 'check', '-e', 'prodution');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /Did you mean "production"\?/);
  assert.equal(escale(folder, 'check', '--wrong').code, 2);
});

test('init writes a file that check finds right, and says the next two commands', () => {
  const folder = folderWith({ 'server.js': 'require("http").createServer().listen(process.env.PORT)' });
  const { code, out, err } = escale(folder, 'init', '--name', 'shop');
  assert.deepEqual([code, err], [0, '']);
  assert.equal(
    out,
    `✓ wrote escale.yaml: shop
  web  Node (server.js)  node server.js
Next:
  escale check   shows what it describes
  escale up      runs it here
Then open http://shop.localhost:8080
`,
  );
  assert.equal(escale(folder, 'check').code, 0);
  const before = readFileSync(join(folder, 'escale.yaml'), 'utf8');
  const again = escale(folder, 'init');
  assert.equal(again.code, 1);
  assert.match(again.err, /escale init --force/);
  assert.equal(readFileSync(join(folder, 'escale.yaml'), 'utf8'), before);
  assert.equal(escale(folder, 'init', '--force').code, 0);
});

test('init as JSON, and where nothing is recognised', () => {
  const folder = folderWith({ 'index.html': '' });
  const { out } = escale(root, 'init', folder, '--typescript', '--json', '--name', 'page');
  assert.equal((JSON.parse(out) as { file: string }).file, join(folder, 'escale.config.ts'));
  const nothing = escale(folderWith({}), 'init', '--json');
  assert.deepEqual(
    [nothing.code, (JSON.parse(nothing.out) as { error: { code: string } }).error.code],
    [1, 'init-nothing'],
  );
});
