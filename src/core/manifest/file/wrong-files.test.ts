import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatMistakes } from '../format.ts';
import type { Mistake } from '../model.ts';
import { checkYaml } from './index.ts';

/** Each `NAME.yaml` has its mistakes, as a terminal shows them, in `NAME.expected`. */
const FOLDER = new URL('../../../../tests/fixtures/wrong-files/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

for (const name of names) {
  test(`wrong file: ${name.replace('.yaml', '')}`, () => {
    const { model, mistakes } = checkYaml(read(name), name);
    assert.equal(model, null);
    assert.equal(shown(mistakes), read(name.replace('.yaml', '.expected')));
  });
}

test('there are at least 40 kinds of wrong files', () => {
  assert.ok(names.length >= 40, `${names.length}`);
});

function shown(mistakes: Mistake[]): string {
  return mistakes
    .map((mistake) => `[${mistake.code}] ${formatMistakes([mistake], { color: false })}\n`)
    .join('');
}

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}
