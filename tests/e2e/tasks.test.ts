import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { NO_BROWSER } from './dashboard/browser.ts';
import { type Escale, startEscale } from './escale.ts';

const TASKS = path.join(import.meta.dirname, '..', '..', 'systems', 'tasks');
const SUITES = [
  ...['api/todo-backend.test.ts', 'api/hostile.test.ts', 'web/web.test.ts', 'weather/weather.test.ts'],
  ...['tests/todomvc.test.ts', 'tests/offline.test.ts', 'tests/weather-card.test.ts'],
];

test("the suites of tasks' own hold through the gateway", { skip: NO_BROWSER }, async (t) => {
  const escale = await startEscale(t);
  await escale.must(['up', '--detach', TASKS]);
  const results = await runSuites(escale);
  assert.deepEqual(
    results.filter(({ verdict }) => verdict === 'failed'),
    [],
  );
  const passed = results.flatMap(({ name, verdict }) => (verdict === 'passed' ? [name] : []));
  for (const suite of ['Todo-Backend', 'the to-do page', 'the weather on the page', 'the weather of a city'])
    assert.ok(passed.includes(suite), `${suite} was run`);
  assert.deepEqual(
    results.flatMap(({ name, verdict }) => (verdict === 'skipped' ? [name] : [])),
    [
      'the url is the one of the gateway in front, unless what it says is none',
      'the page without its database',
      'the weather on the page, from Open-Meteo',
      'the page may connect to its two services, and to nothing else',
      'the first to-dos are in the page, as data; without an API, or with one that hangs, it comes without',
    ],
  );
});

interface Result {
  name: string;
  verdict: 'passed' | 'failed' | 'skipped';
  /** What it said, when it failed. */
  output: string;
}

/** Runs the suites as their README says, on what Escale delivered; tests and suites in their order. */
async function runSuites(escale: Escale): Promise<Result[]> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const flags = ['--import', './tests/localhost-names.ts', '--test', '--test-concurrency=1'];
  const child = spawn(process.execPath, [...flags, '--test-reporter=tap', ...SUITES], {
    cwd: TASKS,
    env: {
      ...env,
      TASKS_URL: `http://tasks.localhost:${escale.port}`,
      TASKS_API_URL: `http://tasks.localhost:${escale.port}/api`,
      TASKS_WEATHER_URL: `http://weather.localhost:${escale.port}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return resultsOf(await text(child.stdout));
}

/** Reads TAP (testanything.org): `ok 1 - name`, `not ok 2 - name`, `ok 3 - name # SKIP why`, and what follows each. */
function resultsOf(tap: string): Result[] {
  return tap.split(/^\s*(?=(?:not )?ok \d+ - )/m).flatMap((part): Result[] => {
    const found = /^(not )?ok \d+ - (.*?)( # SKIP.*)?$/m.exec(part);
    if (found === null) return [];
    const [, not, name, skip] = found;
    const verdict = skip ? 'skipped' : not ? 'failed' : 'passed';
    return [{ name: name!, verdict, output: not ? part : '' }];
  });
}
