import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Sshd } from '../ssh/sshd.ts';
import { waitFor } from './escale.ts';
import { startHost, startOverSsh, withoutTarget } from './target.ts';

const skip = withoutTarget();

test('ways to a host, and those that are refused', { skip }, async (t) => {
  const { escale, client } = await startOverSsh(t);
  const prod = await startHost(t, client, { trusted: false });
  await escale.must(['up', '--detach'], escale.system('says-hello').folder);
  const add = (name: string, address: string, ...more: string[]) =>
    escale.run(['target', 'add', '--port', String(prod.there.port), ...more, '--', name, address]);

  await t.test('words that ssh or a shell would take for something else', async () => {
    const mark = path.join(escale.folder, 'mark');
    for (const address of [
      `-oProxyCommand=touch ${mark}`,
      `prod;touch ${mark}`,
      `$(touch ${mark})@prod`,
      '',
    ]) {
      const { code, output } = await add('prod', address);
      assert.equal(code, 2, `${address}: ${output}`);
      assert.match(output, /target-address/);
    }
    for (const name of ['-prod', 'docker', '../prod']) {
      const { code, output } = await add(name, 'prod');
      assert.equal(code, 2, `${name}: ${output}`);
      assert.match(output, /target-name/);
    }
    assert.ok(!existsSync(mark));
  });

  await t.test('a host whose key is not known: said what to do, and not taken on trust', async () => {
    const { code, output } = await add('prod', 'prod');
    assert.equal(code, 1);
    assert.match(output, /the host key of ssh:\/\/prod is not known here/);
    assert.match(output, /`ssh prod`/);
    client.trust(prod.sshd);
  });

  await t.test('a host that knows no key of ours, and one that is not there', async () => {
    client.alias('stranger', prod.sshd, [], '/dev/null');
    assert.match((await add('stranger', 'stranger')).output, /target-refused/);
    const { code, output } = await add('nobody', 'ssh://127.0.0.1:1');
    assert.equal(code, 1);
    assert.match(output, /ssh:\/\/127\.0\.0\.1:1 can't be reached: .*Connection refused/);
  });

  await t.test('a host that forwards nothing', async () => {
    const closed = await startHost(t, client, {
      name: 'closed',
      settings: ['AllowStreamLocalForwarding no'],
    });
    const { code, output } = await add('closed', 'closed', '--port', String(closed.there.port));
    assert.equal(code, 1);
    assert.match(output, /the sshd of closed forwards no unix sockets/);
  });

  await t.test(
    'through a jump host of the configuration, with a user and a port in the address',
    async () => {
      const folder = path.join(client.folder, 'bastion');
      const bastion = await Sshd.start(folder, { client, settings: ['LogLevel VERBOSE'] });
      t.after(() => bastion.stop());
      client.alias('bastion', bastion);
      client.trust(bastion);
      client.alias('127.0.0.1', prod.sshd, ['ProxyJump bastion']);
      const { code, output } = await add('prod', `ssh://root@127.0.0.1:${prod.sshd.port}`);
      assert.equal(code, 0, output);
      assert.match(readFileSync(path.join(folder, 'sshd.log'), 'utf8'), /Accepted publickey for root/);
      const { stdout } = await escale.must(['target', '--json']);
      assert.equal(JSON.parse(stdout).targets[0].state, 'connected');
    },
  );

  await t.test('a host of another Escale is not touched, but for who takes it over', async () => {
    const other = await startOverSsh(t, client.env());
    const words = ['target', 'add', 'theirs', 'prod', '--port', String(prod.there.port)];
    const refused = await other.escale.run(words);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /the host belongs to another Escale, which calls it prod/);
    await other.escale.must([...words, '--take-over']);
    await waitFor('the former one is turned away', async () => {
      const [target] = (await escale.status()).targets;
      return target!.problem?.code === 'target-owned';
    });
  });
});
