import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutStatements } from './statements.ts';

const CASES: [string, string, string[], string][] = [
  ['nothing', '', [], ''],
  ['one that goes on', 'SELECT 1', [], 'SELECT 1'],
  ['one', 'SELECT 1;', ['SELECT 1'], ''],
  ['several, and one begun', 'a; b;\n c', ['a', 'b'], 'c'],
  ['empty ones', ';; a ;', ['a'], ''],
  ['a semicolon in a text', "SELECT ';''x;' ; b", ["SELECT ';''x;'"], 'b'],
  ['a backslash ends nothing in a plain text', "SELECT '\\'; b", ["SELECT '\\'"], 'b'],
  ['a backslash in an escape text', "SELECT E'\\';'; b", ["SELECT E'\\';'"], 'b'],
  ['a name', 'SELECT ";"; b', ['SELECT ";"'], 'b'],
  ['a line comment', 'a -- ; not here\n; b', ['a -- ; not here'], 'b'],
  ['nested comments', 'a /* ; /* ; */ ; */; b', ['a /* ; /* ; */ ; */'], 'b'],
  ['dollar quotes', 'DO $$ a; $x$; $$; b', ['DO $$ a; $x$; $$'], 'b'],
  ['tagged dollar quotes', 'DO $x$ a; $$; $x$; b', ['DO $x$ a; $$; $x$'], 'b'],
  ['a parameter is no quote', 'SELECT $1; b', ['SELECT $1'], 'b'],
  ['what is never closed goes on', "SELECT ';", [], "SELECT ';"],
];

for (const [name, text, whole, rest] of CASES)
  test(`statements: ${name}`, () => assert.deepEqual(cutStatements(text), { whole, rest }));
