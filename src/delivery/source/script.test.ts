import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Mistake } from '../../core/manifest/index.ts';
import { findFile } from './find.ts';
import { readSystem } from './index.ts';
import { readOutcome } from './outcome.ts';
import { runChild } from './run-child.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'escale script-')));
after(() => rmSync(root, { recursive: true, force: true }));

const RIGHT = `{ name: 'demo', services: { web: { command: 'node server.ts', port: true } } }`;
let number = 0;

/** A folder with these files; names may have folders in them. */
function folderWith(files: Record<string, string>): string {
  const folder = join(root, `case ${++number} é`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function mistakesOf(text: string, files: Record<string, string> = {}): Promise<Mistake[]> {
  const folder = folderWith({ ...files, 'escale.config.ts': text });
  return (await readSystem({ folder })).mistakes;
}

/** Runs code in the file; what it returns comes back as the text of a wrong value. */
async function attempt(code: string, files: Record<string, string> = {}): Promise<string> {
  const [mistake] = await mistakesOf(`${code}\nexport default ${RIGHT};`, files);
  return mistake?.message ?? 'nothing was refused';
}

test('a typed file is read, with no node_modules anywhere', async () => {
  const folder = folderWith({
    'escale.config.ts': `import { defineSystem, type SystemFile } from 'escale';
import { join } from 'node:path';
import { count } from './deploy/count.ts';
import own from './package.json' with { type: 'json' };
const services: SystemFile['services'] = { web: { command: join('bin', 'x') + ' server.ts', port: true, replicas: count as number } };
export default defineSystem({ name: own.name, services } satisfies SystemFile);`,
    'deploy/count.ts': 'export const count: number = await Promise.resolve(3);',
    'package.json': '{"name": "demo", "type": "commonjs"}',
  });
  const { model, mistakes, form } = await readSystem({ folder });
  assert.deepEqual(mistakes, []);
  assert.equal(form, 'typescript');
  assert.deepEqual(model, {
    name: 'demo',
    services: { web: { command: 'bin/x server.ts', port: true, replicas: 3 } },
  });
});

test('mistakes of the model carry the line of the source', async () => {
  const text = `import { defineSystem } from 'escale';\nexport default defineSystem({\n  name: 'demo',\n  services: {\n    web: {\n      command: 'node x',\n      // @ts-expect-error\n      prot: true,\n    },\n  },\n});\n`;
  const [mistake] = await mistakesOf(text);
  assert.deepEqual([mistake?.code, mistake?.path, mistake?.line], ['unknown-key', 'services.web.prot', 8]);
});

test('a syntax error carries its line and no stack', async () => {
  for (const text of [
    `const a = 1;\n\nexport default {{ name: 'x' };`,
    `const a: number = ;\nexport default {};`,
  ]) {
    const [mistake] = await mistakesOf(text);
    assert.equal(mistake?.code, 'script-failed');
    assert.equal(mistake.line, text.startsWith('const a = 1') ? 3 : 1, mistake.message);
    assert.doesNotMatch(mistake.message, /\n| at /);
  }
});

test('what TypeScript can’t be stripped of is told', async () => {
  const [mistake] = await mistakesOf(`enum A { B }\nexport default { a: A.B };`);
  assert.equal(mistake?.code, 'script-failed');
  assert.match(mistake.message, /enum/);
});

test('a thrown error carries its message and line', async () => {
  const [mistake] = await mistakesOf(
    `function f() {\n  throw new Error('no luck');\n}\nf();\nexport default {};`,
  );
  assert.deepEqual([mistake?.line, mistake?.message], [2, 'the file can’t be evaluated: no luck']);
});

test('anything may be thrown', async () => {
  for (const thrown of [
    'null',
    'undefined',
    `'text'`,
    '{}',
    '{ message: 3 }',
    'Object.create(null)',
    'new Proxy({}, { get() { throw 1; } })',
    'Symbol()',
  ]) {
    const [mistake] = await mistakesOf(`throw ${thrown};`);
    assert.equal(mistake?.code, 'script-failed', thrown);
  }
});

test('no default export', async () => {
  const [mistake] = await mistakesOf('export const system = {};');
  assert.match(mistake!.message, /no default export/);
});

test('only plain data comes out; the path of everything else is told', async () => {
  const mistakes = await mistakesOf(`const circle: any = {}; circle.self = circle;
export default { name: 'demo', a: () => 1, b: undefined, c: new Date(0), d: [1, NaN], e: circle, f: new Map(), g: 1n, h: Symbol('x'), i: Promise.resolve(1) };`);
  assert.deepEqual(
    mistakes.map(({ code, path }) => `${code} ${path}`),
    ['a', 'b', 'c', 'd[1]', 'e.self', 'f', 'g', 'h', 'i'].map((path) => `script-value ${path}`),
  );
});

test('a whole function, or nothing, as the system', async () => {
  for (const value of ['() => 1', 'null', '3', `'x'`, '[]']) {
    const mistakes = await mistakesOf(`export default ${value};`);
    assert.equal(mistakes.length, 1, value);
  }
});

test('an accessor that throws, and one that never ends its data', async () => {
  assert.match(
    (await mistakesOf(`export default { get name() { throw new Error('no'); } };`))[0]!.message,
    /no/,
  );
  const endless = `const make = (): any => new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: () => make() });`;
  assert.equal((await mistakesOf(`${endless}\nexport default make();`))[0]!.code, 'script-value');
});

test('files outside of the folder can’t be read', async () => {
  assert.match(
    await attempt(`import { readFileSync } from 'node:fs'; readFileSync('/etc/passwd');`),
    /may not import|not in its folder/,
  );
  assert.match(
    await attempt(`const fs = await import('f' + 's/promises'); await fs.readFile('/etc/passwd');`),
    /may not import|not in its folder/,
  );
  assert.match(await attempt(`await new Function('return import("node:fs")')();`), /may not|not in|callback/);
  assert.match(await attempt(`await import('/etc/passwd');`), /not in its folder|may not import/);
  assert.match(
    await attempt(`await import('../secret.ts');`, { '../secret.ts': 'export default 1;' }),
    /not in its folder|may not import/,
  );
});

test('a link is no way out of the folder', async () => {
  const outside = join(root, 'outside.json');
  writeFileSync(outside, '{"secret": 1}');
  const folder = folderWith({
    'escale.config.ts': `import x from './link.json' with { type: 'json' };\nexport default { name: String(x.secret) };`,
  });
  symlinkSync(outside, join(folder, 'link.json'));
  const { mistakes } = await readSystem({ folder });
  assert.equal(mistakes[0]?.code, 'script-failed');
  assert.match(mistakes[0].message, /may not import|not in its folder/);
});

test('modules of Node that reach beyond computing are closed', async () => {
  for (const name of [
    'node:sqlite',
    'node:child_process',
    'child_process',
    'node:worker_threads',
    'node:net',
    'node:http',
    'node:dns',
    'node:module',
    'node:vm',
    'node:inspector',
    'node:process',
    'node:os',
    'node:v8',
    'node:cluster',
    'node:dgram',
    'node:test',
  ]) {
    assert.match(
      await attempt(`await import(${JSON.stringify(name)});`),
      /may not import|not in its folder/,
      name,
    );
  }
});

test('CommonJS, whose loader can be altered, is closed', async () => {
  for (const file of ['x.cjs', 'x.cts', 'x.node', 'x.wasm', 'x']) {
    assert.match(
      await attempt(`await import('./${file}');`, { [file]: `module.constructor._load('fs');` }),
      /may import|may not import/,
      file,
    );
  }
  assert.match(
    await attempt(`await import('./x.js');`, { 'x.js': `require('fs');` }),
    /require is not defined/,
  );
});

test('ways around the limits that the process object has are closed', async () => {
  for (const name of [
    'getBuiltinModule',
    'kill',
    '_kill',
    'binding',
    '_linkedBinding',
    'dlopen',
    'execve',
    'loadEnvFile',
    '_debugProcess',
    'abort',
  ]) {
    assert.match(await attempt(`(process as any).${name}('fs');`), /not a function/, name);
  }
});

test('nothing of the environment is seen', async () => {
  process.env.ESCALE_TEST_SECRET = 'xyz';
  const [mistake] = await mistakesOf(`throw new Error('seen: ' + Object.keys(process.env).join() + '.');`);
  delete process.env.ESCALE_TEST_SECRET;
  assert.match(mistake!.message, /seen: \.$/);
});

test('the network is closed', async (context) => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => connections++);
  const { port } = server.address() as { port: number };
  assert.match(await attempt(`await fetch('http://127.0.0.1:${port}/');`), /fetch failed|may not/);
  assert.match(
    await attempt(
      `await new Promise((done, fail) => { const s = new WebSocket('ws://127.0.0.1:${port}/'); s.onerror = () => fail(new Error('closed')); s.onopen = done; });`,
    ),
    /closed|may not/,
  );
  assert.equal(connections, 0);
});

test('nothing can be written, and no program or thread started', async () => {
  assert.match(await attempt(`new Worker('data:text/javascript,1');`), /not defined|may not/);
  assert.match(await attempt(`process.report.writeReport('${join(root, 'report.json')}');`), /may not/);
  assert.throws(() => readFileSync(join(root, 'report.json')));
});

test('a file that never ends is stopped', { timeout: 30_000 }, async () => {
  const [busy, waiting, silent] = await Promise.all([
    mistakesOf('for (;;);'),
    mistakesOf('setInterval(() => {}, 1000); await new Promise(() => {});'),
    mistakesOf('await new Promise(() => {});'),
  ]);
  assert.match(busy[0]!.message, /longer than 10 seconds/);
  assert.match(waiting[0]!.message, /longer than 10 seconds/);
  assert.match(silent[0]!.message, /await without an end/);
});

test('too much output, memory or data is stopped', { timeout: 120_000 }, async () => {
  const cases: [string, RegExp][] = [
    [`for (;;) console.log('x'.repeat(65536));`, /said too much|memory/],
    [`for (;;) console.error('x'.repeat(65536));`, /said too much|memory/],
    [`export default { name: 'x'.repeat(8 << 20) };`, /said too much/],
    [`const all: unknown[] = []; for (;;) all.push(new Array(1e6).fill(0.5));`, /memory/],
  ];
  for (const [text, why] of cases) assert.match(await endOf(text), why);
});

/** Why a file has no value, were it given all the time of a busy machine. */
async function endOf(text: string): Promise<string> {
  const found = findFile({ folder: folderWith({ 'escale.config.ts': text }) });
  const outcome = readOutcome(await runChild(found, 100_000), found);
  return 'findings' in outcome ? outcome.findings[0]!.message! : '';
}

test('a file that prints, or ends the process, is told apart', async () => {
  const folder = folderWith({
    'escale.config.ts': `console.log('{"value": 1}'); console.error('hm');\nexport default ${RIGHT};`,
  });
  assert.deepEqual((await readSystem({ folder })).mistakes, []);
  assert.match((await mistakesOf('process.exit(0);'))[0]!.message, /ended \(0\) before/);
  assert.match((await mistakesOf('process.exit(7);'))[0]!.message, /ended \(7\) before/);
});

test('altered built-ins change nothing but the file’s own result', async () => {
  const [mistake] = await mistakesOf(
    `JSON.stringify = () => '{"value": {}}'; Object.entries = () => { throw new Error('mine'); };\nexport default ${RIGHT};`,
  );
  assert.equal(mistake?.code, 'script-failed');
});
