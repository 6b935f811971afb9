import assert from 'node:assert/strict';
import type { ExecSession } from '../../src/core/contracts/index.ts';
import type { Register } from './engine.ts';

/** Logs and commands beside instances. */
export function outputTests(register: Register): void {
  register('logs: the last lines, those of one instance, in order of time', async (system) => {
    await system.apply(await system.set('worker', { count: 2, plan: { port: false } }));
    const [one, other] = await system.ready(2);
    await system.lines({ follow: true }, (lines) =>
      [one, other].every((each) => lines.filter(({ instance }) => instance === each!.id).length >= 5),
    );
    const tail = await system.lines({ tail: 3 });
    assert.equal(tail.length, 3);
    const own = await system.lines({ instance: one!.id });
    assert.ok(own.length >= 5 && own.every(({ instance }) => instance === one!.id));
    const all = await system.lines({});
    assert.ok(all.every(({ at }, index) => index === 0 || at >= all[index - 1]!.at));
    assert.deepEqual(
      own
        .filter(({ stream }) => stream === 'out')
        .map(({ text }) => text)
        .slice(0, 3),
      ['tick 1', 'tick 2', 'tick 3'],
    );
  });

  register(
    'logs: following gives what is there and what comes, of every instance, each line once',
    async (system) => {
      await system.apply(await system.set('worker', { count: 2, plan: { port: false } }));
      const instances = await system.ready(2);
      const lines = await system.lines(
        { follow: true },
        (all) => all.filter(({ text }) => text === 'tick 20').length === 2,
      );
      for (const { id } of instances) {
        const ticks = lines.filter((line) => line.instance === id && line.stream === 'out');
        const upTo = ticks.slice(0, 20).map(({ text }) => text);
        assert.deepEqual(
          upTo,
          Array.from({ length: upTo.length }, (_, index) => `tick ${index + 1}`),
        );
      }
    },
  );

  register('logs: 100 MB of output stay bounded, and the last line is kept', async (system) => {
    await system.apply(await system.set('writes100Megabytes', { plan: { port: false } }));
    await system.lines({ follow: true }, (all) => all.at(-1)!.text === 'that was all of it');
    const lines = await system.lines({ tail: 2 });
    assert.ok(lines.some(({ text }) => text === 'that was all of it'));
    const bytes = system.test.logBytes(system.name);
    assert.ok(bytes > 0 && bytes < 64e6, `${bytes} bytes are kept`);
  });

  register('exec: output and errors apart, exit code, its environment', async (system) => {
    await system.apply(await system.set('answers', { plan: { env: { COLOR: 'blue' } } }));
    const [instance] = await system.ready(1);
    const command = ['sh', '-c', 'echo $COLOR $ESCALE_INSTANCE; echo oh >&2; exit 3'];
    const ended = await collect(await system.engine.exec({ instance: instance!.id, command }));
    assert.deepEqual(ended, { out: `blue ${instance!.id}\n`, err: 'oh\n', exit: 3 });
  });

  register(
    'exec: what is written arrives, its end too, and all of a large output comes back',
    async (system) => {
      await system.apply(await system.set('answers'));
      const [instance] = await system.ready(1);
      const session = await system.engine.exec({ instance: instance!.id, command: ['cat'] });
      const text = 'all of it, in order '.repeat(50_000);
      session.write(Buffer.from(text));
      session.end();
      const { out, exit } = await collect(session);
      assert.equal(exit, 0);
      assert.equal(out.length, text.length);
      assert.ok(out === text);
    },
  );

  register('exec: a program that is not there is named; one that may not be run, too', async (system) => {
    await system.apply(await system.set('answers'));
    const [instance] = await system.ready(1);
    const run = async (program: string) =>
      collect(await system.engine.exec({ instance: instance!.id, command: [program] }));
    const missing = 'there is no program "no-such-program" on the PATH\n';
    assert.deepEqual(await run('no-such-program'), { out: '', err: missing, exit: 127 });
    const { err, exit } = await run('./main.mjs');
    assert.match(err, /"\.\/main\.mjs" may not be executed/);
    assert.equal(exit, 126);
  });

  register('exec: a session that is closed ends its command', async (system) => {
    await system.apply(await system.set('answers'));
    const [instance] = await system.ready(1);
    const command = ['sh', '-c', 'echo $$; exec sleep 3600'];
    const session = await system.engine.exec({ instance: instance!.id, command });
    const first = await session.output[Symbol.asyncIterator]().next();
    const said = Number(Buffer.from((first.value as { chunk: Uint8Array }).chunk).toString());
    const pid = system.test.hostPid(instance!, said);
    process.kill(pid, 0);
    session.close();
    await system.until('it is gone', () => !isThere(pid));
  });
}

async function collect(session: ExecSession): Promise<{ out: string; err: string; exit: number }> {
  const texts = { out: '', err: '' };
  for await (const item of session.output)
    if ('exit' in item) return { ...texts, exit: item.exit };
    else texts[item.stream] += Buffer.from(item.chunk).toString();
  throw new Error('its output ended without an exit code');
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
