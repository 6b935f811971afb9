import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { PipelineSummary } from '../../src/server/index.ts';
import { type Escale, waitFor } from './escale.ts';
import { shopWith } from './pipeline-host.ts';
import { type Person, person, startServer } from './team.ts';

const HOST = 'staging.shop.localhost';
const isRoot = process.getuid?.() === 0;

/** Prints what it was given, at once and whenever it is asked. */
const SERVER = `
const value = process.env.API_KEY;
console.log('starting with ' + value);
console.error('and once more: ' + value + ' end');
require('node:http').createServer((request, answer) => {
  console.log('asked: ' + value);
  answer.end(String(value.length));
}).listen(process.env.PORT, process.env.HOST);
`;

test('what a service or a step prints, reads and looks for: the value of a secret is nowhere', async (t) => {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'admin:*');
  const tree = await ada.clone('shop');
  const value = `sk-${randomBytes(16).toString('hex')}`;
  const said: string[] = [];
  const set = escale.start(['secret', 'set', 'API_KEY', 'shop', '-e', 'staging']);
  set.child.stdin!.end(`${value}\n`);
  assert.equal((await set.ended).code, 0);

  await t.test('a service that prints it, delivered by a push', async () => {
    await tree.commit(shop({ test: ['true'] }));
    const { said: output } = await tree.push();
    said.push(output);
    assert.match(output, /staging: promoted/);
    assert.equal(await escale.body(HOST), String(value.length));
    const logs = await waitFor('it has said so', async () => {
      const { output: log } = await escale.must(['logs', 'shop', '-e', 'staging']);
      return /starting with[\s\S]*asked/.test(log) ? log : null;
    });
    assert.match(logs, /starting with •••[\s\S]*asked: •••/);
    assert.match(logs, /and once more: ••• end/);
    said.push(logs);
  });

  await t.test('a step that prints it has no part in it, and has it nowhere', async () => {
    // Whoever knows it has written it into the commit: what that prints is hidden all the same.
    const says = `env; echo ${value}; echo ${value} >&2`;
    const fails = `printf 'TAP version 13\\nnot ok 1 - ${value}\\n1..1\\n'; exit 1`;
    const steps = { says: { command: 'sh says.sh', needs: [] }, fails: 'sh fails.sh' };
    await tree.commit(shop(steps, { 'says.sh': says, 'fails.sh': fails }));
    const { said: output } = await tree.push('HEAD:leak');
    assert.match(output, /says │ •••/);
    assert.match(output, /✗ •••/);
    said.push(output);
  });

  await t.test('a step that looks for it where the server is finds nothing', { skip: !isRoot }, async () => {
    await tree.commit(shop({ look: ['sh', 'look.sh'] }, { 'look.sh': lookFor(escale) }));
    const { said: output } = await tree.push('HEAD:look');
    said.push(output);
    assert.match(output, /look │ looked at \d+ processes/);
    assert.match(output, /look │ found: 0\b/);
    assert.match(output, /pipeline run 3 succeeded/);
  });

  await t.test('nothing that is kept, answered or listed has it, but the commit itself', async () => {
    for (const words of [
      ...[
        ['status', '--json'],
        ['audit', '--json'],
        ['pipeline', 'list', '--json'],
        ['release', 'shop'],
      ],
      ...[
        ['pipeline', 'show', '1'],
        ['pipeline', 'logs', '2'],
        ['secret', 'list', '-e', 'staging', '--json'],
      ],
    ])
      said.push((await escale.run(words)).output);
    said.push(...(await answersOf(ada)));
    said.push(execFileSync('ps', ['auxww']).toString());
    for (const [index, text] of said.entries()) assert.ok(!text.includes(value), `answer ${index}: ${text}`);
    await waitFor(
      'what runs used is gone, and what was read is wiped',
      () => holders(escale, value).length === 0,
    );
  });

  await t.test('a copy of Escale has it encrypted only, and no key', async () => {
    const { stdout } = await escale.must(['server', 'backup', '--json']);
    const { folder } = JSON.parse(stdout) as { folder: string };
    const copied = readdirSync(folder, { recursive: true }) as string[];
    assert.ok(copied.includes(path.join('secrets', 'staging.json')), copied.join());
    assert.deepEqual(
      copied.filter((name) => /key/.test(name)),
      [],
    );
    assert.deepEqual(holders(escale, value), []);
  });
});

function shop(steps: object, more: Record<string, string> = {}): Record<string, string> {
  const env = { API_KEY: '${secret.API_KEY}' };
  const web = { command: 'node server.js', port: true, env, health: { ready: '/' } };
  const files = shopWith(steps, { services: { web }, environments: { staging: { branch: 'main' } } });
  return { ...files, 'server.js': SERVER, ...more };
}

/** Reads all that it can of other processes, of the server's home and of other runs; tells how often it found it. */
function lookFor({ home }: Escale): string {
  return `
count=0; found=0
for process in /proc/[0-9]*; do
  count=$((count + 1))
  for file in environ maps cmdline mem; do
    if grep -qa 'ESCALE_HOME=\\|API_KEY=sk-' "$process/$file" 2>/dev/null; then found=$((found + 1)); fi
  done
  if ls "$process/fd" 2>/dev/null | grep -q . && grep -qa 'API_KEY=sk-' "$process"/root/proc/1/environ 2>/dev/null; then found=$((found + 1)); fi
done
for file in ${home}/secret-key ${home}/secrets/staging.json ${home}/escale.db ${home}/hook-key ${home}/id ${home}/server.json; do
  if cat "$file" >/dev/null 2>&1 && [ "$(basename "$file")" != id ]; then echo "read $file"; found=$((found + 1)); fi
done
for folder in ${home}/pipelines/1 ${home}/pipelines/2 ${home}/logs ${home}/repositories ${home}/backups ${home}/supervisor ${home}/cache; do
  if ls -R "$folder" 2>/dev/null | grep -q .; then echo "listed $folder"; found=$((found + 1)); fi
done
echo "looked at $count processes"
echo "found: $found"
`;
}

async function answersOf(ada: Person): Promise<string[]> {
  const runs = await ada.get<PipelineSummary[]>('/api/pipelines');
  const ofRuns = runs.flatMap(({ id }) =>
    ['', '/log', '/report'].map((part) => `/api/pipelines/${id}${part}`),
  );
  const others = ['overview', 'audit?limit=500', 'repositories', 'environment-rules', 'webhooks', 'tokens'];
  const targets = [...ofRuns, ...others.map((word) => `/api/${word}`)];
  const targetsToo = ['/api/environments/staging/secrets', '/api/systems/shop/releases/1', '/metrics'];
  const answers = [...targets, ...targetsToo].map((target) => ada.call('GET', target));
  const logs = ada.call('POST', '/api/systems/shop/environments/staging/logs', {});
  return (await Promise.all([...answers, logs])).map(({ text }) => text);
}

/** Files of the home that hold a value, but for what git keeps of the commit that has it, which is compressed there. */
function holders(escale: Escale, value: string): string[] {
  const entries = readdirSync(escale.home, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => isIn(value, file));
}

function isIn(value: string, file: string): boolean {
  try {
    return readFileSync(file).includes(value);
  } catch {
    return false;
  }
}
