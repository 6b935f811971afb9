import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { ExecSession } from '../../src/core/contracts/index.ts';
import { readerPassword } from '../../src/core/postgres/index.ts';
import { ownDocker, withoutDocker } from '../../src/delivery/image/testing/docker.ts';
import { run, without } from '../../src/delivery/image/testing/programs.ts';
import { throughTunnel } from '../../src/server/targets/tunnel.ts';
import { startEscale } from './escale.ts';
import { waitFor } from './wait.ts';

const PASSWORDS = { superuser: `s'u"p\\e$r %s`, owner: `o'w"n\\e$r; --` };
const DATA = '18/docker';

const skip = withoutDocker() || without('apt-get', 'dpkg-deb', 'skopeo');

test('the image of PostgreSQL', { skip, timeout: 240_000 }, async (t) => {
  let volumes = 0;
  const own = await ownDocker();
  t.after(() => own.stop());
  const escale = await startEscale(t);
  const archive = path.join(escale.folder, 'postgres.tar');
  const { stdout } = await escale.must(['image', 'postgres', '-o', `archive:${archive}`]);
  // Another tool reads the same out of it.
  const inspected = JSON.parse(await run('skopeo', ['inspect', '--config', `docker-archive:${archive}`]));
  assert.equal(inspected.config.User, '999:999');
  assert.equal(inspected.config.StopSignal, 'SIGINT');
  assert.ok(inspected.config.Env.includes(`PGDATA=/var/lib/postgresql/${DATA}`));
  assert.match(stdout, /^✓ postgres sha256:[0-9a-f]{64}$/m);
  const image = /escale\/postgres:\S+/.exec(await own.docker('load', '--input', archive))![0];

  /** A volume, and the folder that it is on this host. */
  async function newVolume(): Promise<{ name: string; folder: string }> {
    volumes += 1;
    const name = `data-${volumes}`;
    await own.docker('volume', 'create', name);
    const folder = (await own.docker('volume', 'inspect', '--format', '{{.Mountpoint}}', name)).trim();
    return { name, folder };
  }

  /** As closed as in a cluster. */
  async function start(volume: string, { superuser, owner } = PASSWORDS): Promise<string> {
    const closed = [
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--network',
      'none',
    ];
    const places = [
      '--tmpfs',
      '/tmp',
      '--tmpfs',
      '/var/run/postgresql',
      '--volume',
      `${volume}:/var/lib/postgresql`,
    ];
    const passwords = ['--env', `POSTGRES_PASSWORD=${superuser}`, '--env', `OWNER_PASSWORD=${owner}`];
    return (await own.docker('run', '--detach', ...closed, ...places, ...passwords, image)).trim();
  }

  const isReady = (container: string) =>
    own.docker('exec', container, 'pg_isready', '--quiet').then(
      () => true,
      () => false,
    );
  const untilReady = (container: string) => waitFor('it is ready', () => isReady(container));
  const codeOf = async (container: string) => Number(await own.docker('wait', container));
  const saidBy = async (container: string) => {
    const child = spawn('docker', ['logs', container], { env: own.env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    await once(child, 'close');
    return said;
  };

  /** What a role finds, through the network of the container. */
  async function rows(container: string, user: string, sql: string, password: string): Promise<unknown[]> {
    const open = async () => sessionOf(['exec', '-i', container, 'nc', '127.0.0.1', '5432']);
    return throughTunnel(open, async (sockets) => {
      const client = new Client({ user, password, host: sockets, database: 'app' });
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.query({ text: sql, rowMode: 'array' })).rows;
      } finally {
        await client.end();
      }
    });
  }

  /** A command of Docker's as engines have them. */
  function sessionOf(words: string[]): ExecSession {
    const child = spawn('docker', words, { env: own.env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => {});
    const output = async function* () {
      for await (const chunk of child.stdout) yield { stream: 'out' as const, chunk: chunk as Buffer };
      yield { exit: 0 };
    };
    return {
      write: (chunk) => child.stdin.write(chunk),
      end: () => child.stdin.end(),
      output: output(),
      close: () => child.kill('SIGKILL'),
    };
  }

  await t.test(
    'makes what is missing, keeps it over a kill, and ends at once when it is asked to',
    async () => {
      const { name, folder } = await newVolume();
      const first = await start(name);
      await untilReady(first);
      assert.deepEqual(await rows(first, 'app', 'SELECT current_user, current_database()', PASSWORDS.owner), [
        ['app', 'app'],
      ]);
      await rows(first, 'app', 'CREATE TABLE kept AS SELECT 1 AS n', PASSWORDS.owner);
      const reader = readerPassword(PASSWORDS.superuser);
      assert.deepEqual(await rows(first, 'escale_reader', 'SELECT n FROM kept', reader), [[1]]);
      await assert.rejects(rows(first, 'escale_reader', 'DELETE FROM kept', reader), /read-only transaction/);
      await assert.rejects(
        rows(first, 'postgres', 'SELECT 1', PASSWORDS.owner),
        /password authentication failed/,
      );
      const rights = 'SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolsuper';
      assert.deepEqual(await rows(first, 'postgres', rights, PASSWORDS.superuser), [['postgres']]);
      assert.equal((await own.docker('exec', first, 'id', '-u')).trim(), '999');
      assert.deepEqual(readdirSync(folder), ['18']);
      assert.ok(!readFileSync(path.join(folder, DATA, 'escale.json'), 'utf8').includes(PASSWORDS.owner));
      await own.docker('kill', first);

      const second = await start(name);
      await untilReady(second);
      assert.deepEqual(await rows(second, 'app', 'SELECT n FROM kept', PASSWORDS.owner), [[1]]);
      const asks = rows(second, 'app', 'SELECT pg_sleep(60)', PASSWORDS.owner).catch(
        (error: Error) => error.message,
      );
      await pause(500);
      const began = Date.now();
      await own.docker('stop', '--time', '30', second);
      assert.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
      assert.equal(await codeOf(second), 0);
      assert.match(String(await asks), /terminating connection|terminated/);
      assert.match(await saidBy(second), /database system is shut down/);
      assert.ok(!(await saidBy(second)).includes('untracked child'));
    },
  );

  await t.test(
    'killed at any moment while it makes the data, it begins anew: nothing half made is taken for whole',
    async () => {
      const { name, folder } = await newVolume();
      const making = path.join(folder, 'making');
      const moments = [
        'PG_VERSION',
        'global/pg_control',
        'base/5',
        'pg_hba.conf',
        'escale.conf',
        'escale.json',
      ];
      for (const moment of moments) {
        const container = await start(name);
        await waitFor(
          `it has made ${moment}`,
          () => existsSync(path.join(making, moment)) || existsSync(path.join(folder, DATA)),
        );
        await own.docker('kill', container).catch(() => {});
        const isWhole = existsSync(path.join(folder, DATA));
        assert.equal(isWhole && !existsSync(path.join(folder, DATA, 'escale.json')), false, moment);
        if (isWhole) break;
      }
      const last = await start(name);
      await untilReady(last);
      assert.deepEqual(await rows(last, 'app', 'SELECT 1', PASSWORDS.owner), [[1]]);
      assert.equal(existsSync(making), false);
      await own.docker('rm', '--force', last);
    },
  );

  await t.test('SIGTERM while it makes the data ends it', async () => {
    const { name, folder } = await newVolume();
    const container = await start(name);
    await waitFor('it has begun', () => existsSync(path.join(folder, 'making', 'PG_VERSION')));
    await own.docker('stop', '--signal', 'SIGTERM', '--time', '20', container);
    assert.equal(await codeOf(container), 143);
  });

  await t.test(
    'data that it can’t read, or that another image has made, are refused and left alone',
    async () => {
      const cases: [string, string, RegExp][] = [
        ['17/docker', '17\n', /has data of PostgreSQL 17 .*and this is 18.*Nothing was changed/s],
        ['data', '16\n', /has data of PostgreSQL 16/],
        [DATA, '18\n', /another image has made .*--postgres-image/s],
        [DATA, '', /is no data folder/],
      ];
      for (const [place, version, said] of cases) {
        const { name, folder } = await newVolume();
        const data = path.join(folder, place);
        mkdirSync(data, { recursive: true });
        if (version !== '') writeFileSync(path.join(data, 'PG_VERSION'), version);
        const container = await start(name);
        assert.equal(await codeOf(container), 1);
        assert.match(await saidBy(container), said);
        assert.deepEqual(readdirSync(data), version === '' ? [] : ['PG_VERSION']);
        assert.deepEqual(readdirSync(folder), [place.split('/')[0]]);
      }
    },
  );

  await t.test('data of a snapshot get the passwords of today', async () => {
    const { name } = await newVolume();
    const first = await start(name);
    await untilReady(first);
    await rows(first, 'app', 'CREATE TABLE kept AS SELECT 2 AS n', PASSWORDS.owner);
    await own.docker('kill', first);
    const second = await start(name, { superuser: 'other', owner: 'new' });
    await untilReady(second);
    assert.deepEqual(await rows(second, 'app', 'SELECT n FROM kept', 'new'), [[2]]);
    await assert.rejects(rows(second, 'app', 'SELECT 1', PASSWORDS.owner), /password authentication failed/);
    await own.docker('rm', '--force', second);
  });
});
