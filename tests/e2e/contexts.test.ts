import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { test } from 'node:test';
import { type Ended, jsonLines, kill, startEscale, waitFor } from './escale.ts';

test('commands from elsewhere: a token, its rights, and no more', async (t) => {
  const escale = await startEscale(t);
  const { folder } = escale.system('says-hello');
  await escale.must(['up', '--detach', folder]);
  const url = `http://escale.localhost:${escale.port}`;
  const tokenFor = async (user: string, grant: string) => {
    await escale.must(['user', 'add', user, '--grant', grant, '--context', 'local']);
    return (await escale.must(['token', 'create', 'test', '--user', user, '--context', 'local'])).stdout;
  };
  const login = async (name: string, token: string): Promise<Ended> => {
    const command = escale.start(['login', url, '--name', name]);
    command.child.stdin!.end(token);
    return command.ended;
  };
  const codeOf = async (...words: string[]) => {
    const { code, stdout } = await escale.run([...words, '--json']);
    assert.notEqual(code, 0, stdout);
    return jsonLines<{ error?: { code: string } }>(stdout).at(-1)!.error!.code;
  };
  const rolloutsOf = async () => (await escale.systemView('says-hello')).rollouts;

  await t.test('a token that is wrong is not kept', async () => {
    const { code, output } = await login('elsewhere', `esc_${'A'.repeat(43)}`);
    assert.equal(code, 1);
    assert.match(output, /not-signed-in/);
    assert.equal(await codeOf('context', 'use', 'elsewhere'), 'context-unknown');
  });

  await t.test('a name that it does not have', async () => {
    const proxy = await listenBefore(escale.port);
    t.after(() => proxy.close());
    const command = escale.start(['login', `http://escale.localhost:${portOf(proxy)}`]);
    command.child.stdin!.end(`esc_${'A'.repeat(43)}`);
    assert.match((await command.ended).output, /host-unknown/);
  });

  await t.test('a viewer sees, and changes nothing', async () => {
    const { code, output } = await login('looking', await tokenFor('ada', 'viewer:local'));
    assert.equal(code, 0, output);
    assert.match(output, /as ada \(viewer:local\)/);
    assert.equal(statSync(path.join(escale.folder, '.config/escale/contexts.json')).mode & 0o777, 0o600);
    assert.match((await escale.must(['status'])).stdout, /says-hello local {2}ready/);
    assert.match((await escale.must(['logs', 'says-hello'])).stdout, /version one listens/);
    for (const words of [
      ['restart', 'says-hello'],
      ['scale', 'says-hello/web=3'],
      ['down', 'says-hello'],
      ['secret', 'list'],
      ['user', 'list'],
      ['audit'],
    ])
      assert.equal(await codeOf(...words), 'access-denied', words.join(' '));
    assert.equal((await escale.run(['exec', 'says-hello/web', '--', 'true'])).code, 1);
  });

  await t.test('what needs this host says so, and that git push does it', async () => {
    for (const words of [
      ['up', folder],
      ['deploy', folder],
      ['plan', folder],
    ]) {
      const { code, stderr } = await escale.run(words);
      assert.equal(code, 2, words.join(' '));
      assert.match(stderr, /the context looking is elsewhere(.*\n)+.*git push/);
    }
  });

  await t.test('a deployer changes what runs, runs commands, sets secrets', async () => {
    const { code, output } = await login('working', await tokenFor('bob', 'deployer:local'));
    assert.equal(code, 0, output);
    assert.match((await escale.must(['restart', 'says-hello'])).stdout, /release 1 runs/);
    const exec = escale.start(['exec', 'says-hello/web', '--', 'cat']);
    exec.child.stdin!.end('through the gateway');
    assert.deepEqual(await exec.ended.then(({ code: ended, stdout }) => [ended, stdout]), [
      0,
      'through the gateway',
    ]);
    const set = escale.start(['secret', 'set', 'API_KEY', 'says-hello']);
    set.child.stdin!.end('a value');
    assert.equal((await set.ended).code, 0);
    assert.match((await escale.must(['secret', 'list'])).stdout, /API_KEY/);
    assert.equal(await codeOf('restart', 'says-hello', '--context', 'looking'), 'access-denied');
  });

  await t.test(
    'the control plane is killed with -9 in the middle: the command follows the rollout',
    async () => {
      const restart = escale.start(['restart', 'says-hello']);
      await restart.until(/start web 1\/2/);
      kill(escale.pid('control-plane'));
      const { code, output } = await restart.ended;
      assert.equal(code, 0, output);
      assert.match(output, /release 1 runs/);
      await waitFor('it is back', async () => (await escale.run(['status'])).code === 0);
      assert.deepEqual(
        (await rolloutsOf()).map(({ kind, state }) => `${kind} ${state}`),
        ['restart promoted', 'restart promoted', 'deploy promoted'],
      );
    },
  );

  await t.test('whoever is removed is out at once, also of what goes on', async () => {
    const logs = escale.start(['logs', 'says-hello', '-f']);
    await logs.until(/listens/);
    await escale.must(['user', 'remove', 'bob', '--context', 'local']);
    assert.notEqual((await logs.ended).code, 0);
    assert.equal(await codeOf('status'), 'not-signed-in');
    assert.equal(await codeOf('pipeline', 'list'), 'not-signed-in');
  });

  await t.test('this host again, and all of it written down', async () => {
    await escale.must(['context', 'use', 'local']);
    const { stdout } = await escale.must(['audit', '--json', '-n', '500']);
    const entries = jsonLines<Record<string, string | null>>(stdout);
    const said = entries.map(({ who, token, action, outcome }) => `${who}/${token} ${action} ${outcome}`);
    for (const line of [
      'ada/test restart refused',
      'bob/test restart done',
      'bob/test secrets set done',
      'owner/null users remove done',
    ])
      assert.ok(said.includes(line), `${line} is not in:\n${said.join('\n')}`);
    assert.doesNotMatch(stdout, /a value|esc_/);
    // The one that was cut off by the kill was begun, and never forgotten.
    assert.ok(said.includes('bob/test restart begun'));
  });
});

/** Another port on the way to a port, as of a tunnel. */
async function listenBefore(port: number): Promise<net.Server> {
  const server = net.createServer((socket) => {
    pipeline(socket, net.connect(port, '127.0.0.1'), socket, () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}
