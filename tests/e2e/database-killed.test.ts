import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { type Escale, killAll, startEscale, waitFor } from './escale.ts';

const TASKS = path.join(import.meta.dirname, '..', '..', 'systems', 'tasks');
const WRITES = 500;

test('everything is killed with -9 during 500 writes: what was answered 201 is there', async (t) => {
  const escale = await startEscale(t);
  await escale.must(['deploy', TASKS]);
  const written = await writeUntilKilled(escale);
  assert.ok(written.length >= 50 && written.length < WRITES, `${written.length} were answered`);
  await escale.nothingLeft();

  await escale.must(['up', '--detach', TASKS]);
  const kept = await titles(escale);
  assert.deepEqual(
    written.filter((title) => !kept.has(title)),
    [],
  );
  const { resources } = await escale.systemView('tasks');
  assert.deepEqual(
    resources.map(({ name, state }) => [name, state]),
    [['db', 'ready']],
  );
});

test('the database is killed with -9: it is back by itself, with all rows, at the same address', async (t) => {
  const escale = await startEscale(t);
  await escale.must(['deploy', TASKS]);
  await post(escale, 'before');
  const [before] = (await escale.systemView('tasks')).resources;
  process.kill(before!.pid!, 'SIGKILL');
  const after = await waitFor('another one answers', async () => {
    const [now] = (await escale.systemView('tasks')).resources;
    return now!.state === 'ready' && now!.pid !== before!.pid ? now! : null;
  });
  assert.equal(after.port, before!.port);
  await waitFor('the API writes again', async () => (await post(escale, 'after')) === 201);
  const kept = await titles(escale);
  assert.ok(kept.has('before') && kept.has('after'));
});

/** Titles that were answered 201; everything of Escale is killed once a hundred were. */
async function writeUntilKilled(escale: Escale): Promise<string[]> {
  const written: string[] = [];
  const write = async (_: unknown, index: number) => {
    const title = `task ${index}`;
    if ((await post(escale, title).catch(() => 0)) !== 201) return;
    written.push(title);
    if (written.length === 100) killAll(escale.home);
  };
  await Promise.all(Array.from({ length: WRITES }, write));
  return written;
}

function post(escale: Escale, title: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'tasks.localhost', 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port: escale.port, path: '/api/l/crash/todos', method: 'POST' };
    const request = http.request({ ...options, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end(JSON.stringify({ title }));
  });
}

async function titles(escale: Escale): Promise<Set<string>> {
  const body = await escale.body('tasks.localhost', '/api/l/crash/todos');
  return new Set((JSON.parse(body) as { title: string }[]).map(({ title }) => title));
}
