import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeLayout, homeRoot } from './home.ts';

const ROOTS: [string, Record<string, string | undefined>, string][] = [
  ['nothing is set', {}, '/home/ada/.local/share/escale'],
  ['ESCALE_HOME', { ESCALE_HOME: '/srv/escale' }, '/srv/escale'],
  ['ESCALE_HOME before XDG', { ESCALE_HOME: '/srv/escale', XDG_DATA_HOME: '/data' }, '/srv/escale'],
  ['an empty ESCALE_HOME is none', { ESCALE_HOME: '' }, '/home/ada/.local/share/escale'],
  ['XDG_DATA_HOME', { XDG_DATA_HOME: '/data' }, '/data/escale'],
  ['a relative XDG_DATA_HOME does not count', { XDG_DATA_HOME: 'data' }, '/home/ada/.local/share/escale'],
];

for (const [name, env, expected] of ROOTS)
  test(`home: ${name}`, () => assert.equal(homeRoot(env, '/home/ada'), expected));

test('home: a relative ESCALE_HOME is of the current folder', () => {
  assert.equal(homeRoot({ ESCALE_HOME: 'here' }, '/home/ada'), `${process.cwd()}/here`);
});

test('home: the layout, whole', () => {
  assert.deepEqual(homeLayout('/srv/escale', '/tmp'), {
    root: '/srv/escale',
    run: '/srv/escale/run',
    controlSocket: '/srv/escale/run/control.sock',
    pagesSocket: '/srv/escale/run/pages.sock',
    supervisorSocket: '/srv/escale/run/supervisor.sock',
    gatewaySocket: '/srv/escale/run/gateway.sock',
    store: '/srv/escale/escale.db',
    artifacts: '/srv/escale/artifacts',
    packages: '/srv/escale/packages',
    pipelines: '/srv/escale/pipelines',
    volumes: '/srv/escale/volumes',
    resources: '/srv/escale/resources',
    backups: '/srv/escale/backups',
    repositories: '/srv/escale/repositories',
    secrets: '/srv/escale/secrets',
    secretKey: '/srv/escale/secret-key',
    ageIdentity: '/srv/escale/secrets/age-identity.txt',
    supervisor: '/srv/escale/supervisor',
    gateway: '/srv/escale/gateway',
    logs: '/srv/escale/logs',
    cache: '/srv/escale/cache',
  });
});

test('home: sockets move where the path would be too long for them, each home to its own folder', () => {
  const long = `/srv/${'x'.repeat(90)}`;
  const layout = homeLayout(long, '/tmp');
  assert.match(layout.run, /^\/tmp\/escale-[0-9a-f]{16}$/);
  assert.equal(layout.supervisorSocket, `${layout.run}/supervisor.sock`);
  assert.equal(layout.store, `${long}/escale.db`);
  assert.equal(homeLayout(long, '/tmp').run, layout.run);
  assert.notEqual(homeLayout(`${long}y`, '/tmp').run, layout.run);
});

test('home: the longest path that still fits is used as it is', () => {
  const root = (length: number) => `/${'x'.repeat(length - 1)}`;
  const fixed = '/run/supervisor.sock'.length;
  assert.equal(homeLayout(root(100 - fixed), '/tmp').run, `${root(100 - fixed)}/run`);
  assert.match(homeLayout(root(101 - fixed), '/tmp').run, /^\/tmp\//);
});
