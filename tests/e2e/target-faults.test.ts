import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Escale, isAlive, waitFor } from './escale.ts';
import { onTarget, startHost, startOverSsh, withoutTarget } from './target.ts';

const skip = withoutTarget();
const HOST = 'production.says-hello.localhost';

test('a host elsewhere is lost and found, and what runs there runs on', { skip }, async (t) => {
  const { escale, client } = await startOverSsh(t);
  const { sshd, there } = await startHost(t, client);
  const nearby = escale.system('says-hello', 'nearby');
  const hello = onTarget(escale.system('says-hello'));
  const change = () => hello.edit('server.ts', (text) => `${text}\n// Something has changed.\n`);
  const targetState = async () => (await escale.status()).targets[0]!.state;
  await escale.must(['target', 'add', 'prod', 'prod', '--port', String(there.port)]);
  await escale.must(['deploy', '-e', 'production', hello.folder]);

  await t.test('the connection breaks during a rollout: it goes on to its end', async () => {
    const load = there.load(HOST);
    change();
    const deploy = escale.start(['deploy', '-e', 'production', hello.folder]);
    await deploy.until(/record release 2/);
    sshd.cut();
    const { code, output } = await deploy.ended;
    assert.equal(code, 0, output);
    assert.deepEqual((await load.stop()).failures, []);
    assert.equal((await escale.systemView('says-hello')).release, 2);
  });

  await t.test('away: it is said since when, nothing is begun there, others go on', async () => {
    sshd.stop();
    await waitFor('it is noticed', async () => (await targetState()) === 'away');
    assert.equal(await there.body(HOST), 'Hello, World!');
    const { stdout: status } = await escale.must(['status']);
    assert.match(status, /prod unreachable for .*Connection refused/);
    assert.match(status, /says-hello production on prod {2}degraded/);
    change();
    const refused = await escale.run(['deploy', '-e', 'production', hello.folder]);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /prod can't be reached/);
    assert.equal((await escale.systemView('says-hello')).rollouts.length, 2);
    await escale.must(['deploy', nearby.folder]);
    assert.equal(await escale.body('nearby.localhost'), 'Hello, World!');
    await sshd.resume();
    await waitFor('it is back', async () => (await targetState()) === 'connected');
  });

  await t.test('away in the middle of a rollout, and the control plane killed: it ends well', async () => {
    const load = there.load(HOST);
    const deploy = escale.start(['deploy', '-e', 'production', hello.folder]);
    await deploy.until(/record release 3/);
    sshd.stop();
    await waitFor('it is noticed', async () => (await targetState()) === 'away');
    const pid = escale.pid('control-plane');
    process.kill(pid, 'SIGKILL');
    await waitFor('another control plane runs', () => escale.pid('control-plane') !== pid);
    await sshd.resume();
    const { code, output } = await deploy.ended;
    assert.equal(code, 0, output);
    assert.deepEqual((await load.stop()).failures, []);
    assert.equal((await escale.systemView('says-hello')).release, 3);
  });

  await t.test('the supervisor there is killed with -9: it is back, and knows what runs', async () => {
    const ids = async () => (await escale.service('says-hello')).instances.map(({ id }) => id).sort();
    const before = await ids();
    const pid = there.pid('supervisor');
    process.kill(pid, 'SIGKILL');
    await waitFor('another supervisor runs there', () => there.pid('supervisor') !== pid);
    await waitFor('it shows what runs', async () => (await ids()).length === 2);
    assert.deepEqual(await ids(), before);
    await escale.must(['restart', '-e', 'production', 'says-hello']);
  });

  await t.test('a supervisor of another version there gives way, and no request is lost', async () => {
    const instances = async () => (await escale.service('says-hello')).instances.map(({ id }) => id).sort();
    const before = await instances();
    const load = there.load(HOST);
    sshd.stop();
    await startOther(there);
    const pid = there.pid('supervisor');
    await sshd.resume();
    await waitFor('one of our version runs', () => there.pid('supervisor') !== pid);
    await waitFor('it shows what runs', async () => (await instances()).length === 2);
    assert.deepEqual(await instances(), before);
    assert.deepEqual((await load.stop()).failures, []);
  });

  await t.test('taken down while it is away, it goes down when it is back', async () => {
    sshd.stop();
    await waitFor('it is noticed', async () => (await targetState()) === 'away');
    const down = await escale.run(['down', '-e', 'production', 'says-hello']);
    assert.match(down.output, /target-away/);
    await sshd.resume();
    await waitFor('it serves nothing there', async () => (await there.request(HOST)).status === 404);
    await waitFor('it is down', async () => (await escale.service('says-hello')).instances.length === 0);
  });
});

/** In place of the supervisor there runs one from another folder, as one of another version does. */
async function startOther(there: Escale): Promise<void> {
  const pid = there.pid('supervisor');
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const entry = words.at(-1)!;
  const sources = path.resolve(entry, '..', '..', '..', '..');
  const other = `${sources}-of-another-version`;
  cpSync(sources, other, { recursive: true, verbatimSymlinks: true });
  const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  process.kill(pid, 'SIGKILL');
  await waitFor('it has ended', () => !isAlive(pid));
  const [program, ...rest] = words.map((word) => word.replace(sources, other));
  spawn(program!, rest, {
    ...{ detached: true, stdio: 'ignore', cwd: '/' },
    env: Object.fromEntries(env.map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)])),
  }).unref();
  await waitFor('the other one runs', () => there.pid('supervisor') !== pid);
}
