import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StartRequest } from '../../core/contracts/index.ts';
import { commandFor, launch, launchEnvironment } from './launch.ts';
import { temporary } from './testing/folder.ts';

const REQUEST: StartRequest = {
  id: 'shop-web-a',
  system: 'shop',
  environment: 'local',
  service: 'web',
  role: 'service',
  run: null,
  release: 1,
  rollout: 1,
  artifact: '/',
  command: [process.execPath, '-p', 'JSON.stringify(process.env)'],
  env: { COLOR: 'red', PORT: '20001', ESCALE_OWNER: 'a liar' },
  port: 20_001,
  dataFolder: null,
  limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
  stopSignal: 'SIGTERM',
  refusesRoot: false,
  mustReach: [],
};

const SETTING = {
  owner: 'owner1',
  programFolders: ['/opt/node/bin'],
  compileCaches: os.tmpdir(),
  userOf: () => null,
  isRoot: false,
};

function withEnvironment(t: TestContext, changes: Record<string, string | undefined>): void {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  t.after(() => {
    for (const name of Object.keys(changes)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

test('the environment, whole: nothing of the parent’s but PATH, LANG and TZ', (t) => {
  const parent = {
    PATH: '/usr/bin',
    LANG: 'fr_FR.UTF-8',
    TZ: 'Europe/Paris',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  withEnvironment(t, { ...parent, NODE_OPTIONS: '--inspect', ESCALE_HOME: '/srv' });
  assert.deepEqual(launchEnvironment(REQUEST, '/instances/a/tmp', SETTING), {
    LANG: 'fr_FR.UTF-8',
    TZ: 'Europe/Paris',
    PATH: `${path.join(REQUEST.artifact, '.venv/bin')}:/opt/node/bin:/usr/bin`,
    HOME: '/instances/a/tmp',
    TMPDIR: '/instances/a/tmp',
    PYTHONUNBUFFERED: '1',
    PYTHONPYCACHEPREFIX: '/instances/a/tmp/pycache',
    NODE_COMPILE_CACHE: path.join(os.tmpdir(), `${REQUEST.environment}.${REQUEST.system}`),
    COLOR: 'red',
    PORT: '20001',
    ESCALE_INSTANCE: 'shop-web-a',
    ESCALE_OWNER: 'owner1',
  });
});

test('a parent without PATH, LANG and TZ', (t) => {
  withEnvironment(t, { PATH: undefined, LANG: undefined, TZ: undefined });
  const { PATH, LANG, TZ } = launchEnvironment(REQUEST, '/tmp', SETTING);
  assert.deepEqual(
    [PATH, LANG, TZ],
    [
      `${path.join(REQUEST.artifact, '.venv/bin')}:/opt/node/bin:/usr/local/bin:/usr/bin:/bin`,
      undefined,
      undefined,
    ],
  );
});

test('what a file says of PATH, HOME and LANG counts', () => {
  const env = { PATH: '/own/bin', HOME: '/own', LANG: 'C' };
  const own = launchEnvironment({ ...REQUEST, env }, '/tmp', SETTING);
  assert.deepEqual([own.PATH, own.HOME, own.LANG], ['/own/bin', '/own', 'C']);
});

test('a real process sees that environment and no other, writes to its files, leads its session', async (t) => {
  withEnvironment(t, { AWS_SECRET_ACCESS_KEY: 'secret' });
  const folder = temporary(t);
  const child = launch(REQUEST, folder, SETTING);
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const seen = JSON.parse(readFileSync(path.join(folder, 'out'), 'utf8'));
  assert.deepEqual(seen, launchEnvironment(REQUEST, path.join(folder, 'tmp'), SETTING));
  assert.equal(readFileSync(path.join(folder, 'err'), 'utf8'), '');
  const mode = (name: string) => statSync(path.join(folder, name)).mode & 0o777;
  assert.deepEqual([mode('out'), mode('err'), mode('tmp')], [0o600, 0o600, 0o700]);
});

test('words stay words: nothing of a command is read by a shell', async (t) => {
  const folder = temporary(t);
  const words = ['$(id)', '; rm -rf /', '`x`', '* ? ~', '\'"', '$HOME', 'a\nb', '-x'];
  const command = [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...words];
  await once(launch({ ...REQUEST, command }, folder, SETTING), 'exit');
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'out'), 'utf8')), words);
});

test('another user writes to its folders: the temporary one and the one it keeps', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root may start processes as another user');
  const top = temporary(t);
  const folder = path.join(top, 'instances');
  chmodSync(top, 0o711);
  mkdirSync(folder, { mode: 0o711 });
  mkdirSync(path.join(top, 'volumes'), { mode: 0o711 });
  const dataFolder = path.join(top, 'volumes/local/shop/web');
  const script = 'id -u && touch "$TMPDIR/x" && touch "$0/kept" && stat -c %u "$0/kept"';
  const request = { ...REQUEST, command: ['/bin/sh', '-c', script, dataFolder], dataFolder };
  const user = { uid: 61_200, gid: 61_200 };
  await once(launch(request, folder, { ...SETTING, userOf: () => user }), 'exit');
  assert.equal(readFileSync(path.join(folder, 'err'), 'utf8'), '');
  assert.equal(readFileSync(path.join(folder, 'out'), 'utf8'), '61200\n61200\n');
  assert.equal(statSync(dataFolder).mode & 0o777, 0o700);
});

test('a program that refuses root is never run by root as root', () => {
  const request = { ...REQUEST, command: ['postgres', '-D', '/data'], refusesRoot: true };
  const root = { ...SETTING, isRoot: true };
  const namespace = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];
  assert.deepEqual(commandFor(request, null, SETTING), request.command);
  assert.deepEqual(commandFor(request, { uid: 61_184, gid: 61_184 }, root), request.command);
  assert.deepEqual(commandFor(request, null, root), [...namespace, 'postgres', '-D', '/data']);
  assert.deepEqual(commandFor(REQUEST, null, root), REQUEST.command);
});
