import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { watchFolders } from './watch.ts';

/** A watched folder `app`; `seen` resolves when its file is delivered with this text. */
async function watched(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'escale-watch-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = path.join(root, 'app');
  const write = (text: string, into = folder) => {
    mkdirSync(into, { recursive: true });
    writeFileSync(path.join(into, 'file'), text);
  };
  write('first');
  const delivered: string[] = [];
  let heard = () => {};
  const unwatch = await watchFolders([folder], async () => {
    delivered.push(readFileSync(path.join(folder, 'file'), 'utf8'));
    heard();
  });
  t.after(unwatch);
  const seen = async (text: string) => {
    while (delivered.at(-1) !== text)
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
  };
  return { root, folder, write, seen, delivered };
}

test('a changed file is delivered', async (t) => {
  const { write, seen, delivered } = await watched(t);
  write('second');
  await seen('second');
  assert.ok(!delivered.includes('first'));
});

test('a folder that is removed and made anew is followed on', async (t) => {
  const { folder, write, seen } = await watched(t);
  for (const text of ['second', 'fourth']) {
    rmSync(folder, { recursive: true });
    write(text);
    await seen(text);
    write(`${text} and a half`);
    await seen(`${text} and a half`);
  }
});

test('another folder that takes its place is followed', async (t) => {
  const { root, folder, write, seen } = await watched(t);
  write('second', path.join(root, 'clone'));
  renameSync(folder, path.join(root, 'former'));
  renameSync(path.join(root, 'clone'), folder);
  await seen('second');
  write('third');
  await seen('third');
});

test('a folder that is gone, or empty, is not delivered', async (t) => {
  const { folder, write, seen, delivered } = await watched(t);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  write('second');
  await seen('second');
  assert.deepEqual(
    delivered.filter((text) => text !== 'second'),
    [],
  );
});
