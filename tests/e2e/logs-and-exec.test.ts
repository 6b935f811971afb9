import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('logs and exec', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('one-service-calls-another');
  await escale.must(['deploy'], system.folder);

  await t.test('logs -f mixes services and goes on over a restart', async () => {
    const logs = escale.start(['logs', '-f', system.name]);
    await logs.until(/front \w{6} — ready after/);
    await logs.until(/back \w{6} — ready after/);
    await escale.must(['restart', `${system.name}/back`]);
    await logs.until(/back \w{6} — exited with code 0/);
    const { code, signal } = await logs.interrupt();
    assert.deepEqual([code, signal], [0, null]);
  });

  await t.test(
    'exec runs beside an instance: its folder, its environment; input, output and exit code',
    async () => {
      const at = escale.start([
        'exec',
        `${system.name}/front`,
        '--',
        'sh',
        '-c',
        'cat; echo $BACK_URL; ls; exit 7',
      ]);
      at.child.stdin!.end('what I typed\n');
      const { code, stdout } = await at.ended;
      assert.equal(code, 7);
      assert.match(stdout, /^what I typed\nhttp:\/\/127\.0\.0\.1:\d+\n(?:.*\n)*server\.ts\n$/);
    },
  );

  await t.test('exec gives every byte of a large output, and errors apart', async () => {
    const words = [
      'exec',
      `${system.name}/front`,
      '--',
      'sh',
      '-c',
      'head -c 3000000 /dev/zero; echo oh >&2',
    ];
    const large = escale.start(words);
    large.child.stdin!.end();
    const { code, stdout, stderr } = await large.ended;
    assert.deepEqual([code, stdout.length, stderr], [0, 3_000_000, 'oh\n']);
  });

  await t.test('exec does not wait for input that never comes', async () => {
    const quiet = escale.start(['exec', `${system.name}/front`, '--', 'echo', 'here I am']);
    const { code, stdout } = await quiet.ended;
    assert.deepEqual([code, stdout], [0, 'here I am\n']);
  });

  await t.test('a command that reads no input, and one that is not there', async () => {
    const deaf = escale.start(['exec', `${system.name}/front`, '--', 'true']);
    deaf.child.stdin!.end('x'.repeat(1_000_000));
    assert.equal((await deaf.ended).code, 0);
    const missing = escale.start(['exec', `${system.name}/front`, '--', 'no-such-program']);
    missing.child.stdin!.end();
    const { code, stderr } = await missing.ended;
    assert.deepEqual([code, stderr], [127, 'there is no program "no-such-program" on the PATH\n']);
    assert.equal((await escale.service(system.name, 'front')).ready, 1);
  });
});
