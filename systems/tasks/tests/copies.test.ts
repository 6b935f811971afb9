import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

/** Each service's folder is delivered alone, so what they share is copied; a change must be made in all. */
const copies: [file: string, services: string[]][] = [
  ['drain.ts', ['../hello', 'api', 'web', 'weather']],
  ['negotiation.ts', ['../hello', 'web']],
  ['lifecycle.ts', ['api', 'web', 'weather']],
  ['metrics.ts', ['api', 'web', 'weather']],
  ['cors.ts', ['api', 'weather']],
  ['testing/instance.ts', ['api', 'web', 'weather']],
];

for (const [file, services] of copies)
  test(`the copies of ${file} are the same`, () => {
    const [first, ...others] = services.map((service) =>
      readFileSync(path.join(import.meta.dirname, '..', service, file), 'utf8'),
    );
    for (const other of others) assert.equal(other, first);
  });
