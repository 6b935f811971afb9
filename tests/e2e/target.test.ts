import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { jsonLines } from './escale.ts';
import { onTarget, startHost, startOverSsh, withoutTarget } from './target.ts';

const skip = withoutTarget();

test('a host elsewhere, from `target add` to `target remove`', { skip }, async (t) => {
  const { escale, client } = await startOverSsh(t);
  const host = await startHost(t, client);
  const { there } = host;
  const hello = onTarget(escale.system('says-hello'));

  await t.test('a name that no target has is refused, with the nearest one that is there', async () => {
    const refused = await escale.run(['deploy', '-e', 'production', hello.folder]);
    assert.equal(refused.code, 2);
    assert.match(refused.output, /there is no target "prod"/);
    await escale.must(['target', 'add', 'prod', 'prod', '--port', String(there.port)]);
    onTarget(escale.system('says-hello', 'typo'), 'prdo');
    const typo = await escale.run(['deploy', '-e', 'production', `${escale.folder}/systems/typo`]);
    assert.match(typo.output, /Did you mean "?prod/);
  });

  await t.test('it is listed, and what was brought is not brought again', async () => {
    const { stdout } = await escale.must(['target', 'list', '--json']);
    const { targets } = JSON.parse(stdout);
    assert.deepEqual(
      targets.map(({ name, address, state, httpPort }: Record<string, unknown>) => [
        name,
        address,
        state,
        httpPort,
      ]),
      [['prod', 'ssh://prod', 'connected', there.port]],
    );
    const again = await escale.must([
      'target',
      'add',
      'prod',
      'prod',
      '--port',
      String(there.port),
      '--json',
    ]);
    const steps = jsonLines<{ type: string; step: string }>(again.stdout).filter(
      ({ type }) => type === 'step',
    );
    assert.deepEqual(
      steps.map(({ step }) => step),
      ['look at ssh://prod'],
    );
  });

  await t.test('a deploy there answers through the gateway there', async () => {
    const { stdout } = await escale.must(['deploy', '-e', 'production', hello.folder]);
    assert.match(stdout, /says-hello: release 1 runs/);
    assert.equal(await there.body('production.says-hello.localhost'), 'Hello, World!');
    const view = await escale.systemView('says-hello');
    assert.deepEqual([view.environment, view.target, view.state], ['production', 'prod', 'ready']);
    assert.deepEqual(view.services[0]!.addresses, [`http://production.says-hello.localhost:${there.port}/`]);
  });

  await t.test('status, logs, exec and open speak of it as of what is nearby', async () => {
    const { stdout: status } = await escale.must(['status']);
    assert.match(status, /says-hello production on prod/);
    const { stdout: logs } = await escale.must(['logs', '-e', 'production', 'says-hello']);
    assert.match(logs, /ready after/);
    const ran = escale.start(['exec', '-e', 'production', 'says-hello/web', '--', 'sh', '-c', 'cat; exit 7']);
    ran.child.stdin!.end('what I typed');
    const { code, stdout } = await ran.ended;
    assert.deepEqual([code, stdout], [7, 'what I typed']);
    const { stdout: address } = await escale.must(['open', '-e', 'production', 'says-hello']);
    assert.equal(address.trim(), `http://production.says-hello.localhost:${there.port}/`);
  });

  await t.test('no request is lost by a rolling update there', async () => {
    const load = there.load('production.says-hello.localhost');
    hello.edit('server.ts', (text) => `${text}\n// Something has changed.\n`);
    await escale.must(['deploy', '-e', 'production', hello.folder]);
    const result = await load.stop();
    assert.deepEqual(result.failures, []);
    assert.ok(result.total.ok > 50);
    assert.equal((await escale.systemView('says-hello')).release, 2);
  });

  await t.test('the doctor says what is there', async () => {
    const { stdout } = await escale.must(['doctor', '--target', 'prod', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { subject: string; state: string }[] };
    assert.deepEqual(
      findings.filter(({ state }) => state === 'problem'),
      [],
    );
    for (const subject of ['ssh', 'system', 'room', 'docker', 'escale'])
      assert.ok(
        findings.some((finding) => finding.subject === subject && finding.state === 'good'),
        subject,
      );
  });

  await t.test('one that is up keeps its host, and its host stays', async () => {
    hello.edit('escale.yaml', (text) => text.replace('target: prod', 'target: process'));
    const moved = await escale.run(['deploy', '-e', 'production', hello.folder]);
    assert.match(moved.output, /target-changed/);
    const removed = await escale.run(['target', 'remove', 'prod']);
    assert.match(removed.output, /up on prod: says-hello in production/);
  });

  await t.test('removed, nothing of it is left there', async () => {
    await escale.must(['down', '-e', 'production', 'says-hello']);
    await escale.must(['target', 'remove', 'prod']);
    await there.nothingLeft();
    assert.ok(!existsSync(there.home));
    const { stdout } = await escale.must(['target', 'list', '--json']);
    assert.deepEqual(JSON.parse(stdout), { targets: [] });
  });
});
