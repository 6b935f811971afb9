import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { containersOf, startOnDocker, withoutDocker } from './docker.ts';
import type { Escale } from './escale.ts';

const SYSTEMS = path.join(import.meta.dirname, '..', '..', 'systems');
const skip = withoutDocker();

test('hello and tasks run on Docker from the files that they run from on processes', { skip }, async (t) => {
  const on = await startOnDocker(t, { ESCALE_ENGINE: '' });
  const { escale } = on;
  const folders = ['hello', 'tasks'].map((name) => path.join(SYSTEMS, name));
  for (const folder of folders) await escale.must(['deploy', folder]);
  const addresses = await addressesOf(escale);
  const answers = await answersOf(escale);
  const todo = JSON.stringify({ title: 'kept over a change of engine' });
  assert.equal(await post(escale, 'tasks.localhost', '/api/todos', todo), 201);

  const load = escale.load('hello.localhost', 50);
  for (const folder of folders) {
    const { stdout } = await escale.must(['deploy', folder, '--engine', 'docker']);
    assert.match(stdout, /release 2 runs/);
  }
  const result = await load.stop();
  assert.deepEqual(result.failures, [], 'no request failed while processes were replaced by containers');
  assert.deepEqual(await addressesOf(escale), addresses);
  assert.deepEqual(await answersOf(escale), answers);
  assert.match(await escale.body('tasks.localhost', '/api/todos'), /kept over a change of engine/);

  const containers = [...(await containersOf(on, 'hello')), ...(await containersOf(on, 'tasks'))];
  const instances = (await escale.status()).systems.flatMap(({ services }) =>
    services.flatMap((service) => service.instances.map(({ id }) => id)),
  );
  assert.deepEqual(containers.map(({ Labels }) => Labels['escale.instance']).sort(), instances.sort());

  await escale.must(['deploy', folders[1]!, '--engine', 'process']);
  assert.deepEqual(await containersOf(on, 'tasks'), []);
  assert.match(await escale.body('tasks.localhost', '/api/todos'), /kept over a change of engine/);
});

async function addressesOf(escale: Escale): Promise<string[]> {
  const { systems } = await escale.status();
  return systems.flatMap(({ services }) => services.flatMap((service) => service.addresses)).sort();
}

async function answersOf(escale: Escale): Promise<[number, boolean][]> {
  const asked = [
    ['hello.localhost', '/'],
    ['tasks.localhost', '/'],
    ['tasks.localhost', '/api/todos'],
    ['weather.localhost', '/readyz'],
    ['tasks.localhost', '/not-there'],
  ] as const;
  const answers: [number, boolean][] = [];
  for (const [host, target] of asked) {
    const { status, body } = await escale.request(host, target);
    answers.push([status, body.length > 0]);
  }
  return answers;
}

function post(escale: Escale, host: string, target: string, body: string): Promise<number> {
  const headers = { host, 'content-type': 'application/json' };
  const options = { host: '127.0.0.1', port: escale.port, path: target, method: 'POST', headers };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.end(body);
  });
}
