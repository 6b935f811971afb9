import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Overview, SystemView } from '../server/index.ts';
import { findTarget, folderOf } from './place.ts';

function system(name: string, services: string[], environment = 'local'): SystemView {
  const views = services.map((service) => ({ name: service }) as SystemView['services'][number]);
  return {
    ...{ name, environment, target: null, folder: `/src/${name}`, up: true, state: 'ready', release: 1 },
    ...{ services: views, resources: [], jobs: [], calls: [], releases: [], rollouts: [] },
    drift: { found: [], repaired: false },
  };
}

const overview = (...systems: SystemView[]) => ({ systems }) as unknown as Overview;

const SHOP = system('shop', ['web', 'api']);
const BLOG = system('blog', ['web']);

/** Stands in a folder without a system's file, or with one of that name. */
function standIn(t: TestContext, name: string | null): void {
  const before = process.cwd();
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'escale-place-')));
  if (name !== null)
    writeFileSync(
      path.join(folder, 'escale.yaml'),
      `name: ${name}\nservices:\n  web:\n    command: node a.ts\n`,
    );
  process.chdir(folder);
  t.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}

async function inShort(word: string | undefined, seen: Overview): Promise<string> {
  const { system, service } = await findTarget(word, seen, 'local').catch((error) => ({
    system: { name: error.code, environment: '' },
    service: error.message,
  }));
  return service === null ? system.name : `${system.name}/${service}`;
}

const BOTH = overview(SHOP, BLOG);

const CASES: [string, string | null, string | undefined, Overview, string][] = [
  ['a system', null, 'shop', BOTH, 'shop'],
  ['a service', null, 'shop/api', BOTH, 'shop/api'],
  ['a service of the folder’s system', 'shop', 'api', BOTH, 'shop/api'],
  ['the folder’s system', 'blog', undefined, BOTH, 'blog'],
  ['the folder’s system, nothing said', 'blog', '', BOTH, 'blog'],
  ['another one than the folder’s', 'blog', 'shop', BOTH, 'shop'],
  ['the only system', null, undefined, overview(SHOP), 'shop'],
  ['a service of the only system', null, 'web', overview(SHOP), 'shop/web'],
  ['several, and no word', null, undefined, BOTH, 'system-unnamed/which system?'],
  [
    'several, and a service’s name',
    null,
    'api',
    BOTH,
    'system-unknown/there is no system or part of one "api" here',
  ],
  ['nobody’s name', 'shop', 'nope', BOTH, 'system-unknown/there is no system or part of one "nope" here'],
  ['none at all', null, undefined, overview(), 'system-unnamed/which system?'],
  [
    'another environment’s',
    null,
    'shop',
    overview(system('shop', ['web'], 'staging')),
    'system-unknown/shop is not in local',
  ],
];

for (const [name, folder, word, seen, expected] of CASES)
  test(`a target: ${name}`, async (t) => {
    standIn(t, folder);
    assert.equal(await inShort(word, seen), expected);
  });

test('who is not found is told what there is', async (t) => {
  standIn(t, null);
  await assert.rejects(findTarget('nope', BOTH, 'local'), { next: 'Name one of: shop, blog.' });
  await assert.rejects(findTarget('nope', overview(), 'local'), {
    next: 'None was delivered yet: `escale up` in a folder.',
  });
});

test('a folder, as it is said', (t) => {
  standIn(t, null);
  assert.deepEqual(
    [folderOf(undefined), folderOf('a/..'), folderOf('/srv')],
    [process.cwd(), process.cwd(), '/srv'],
  );
});
