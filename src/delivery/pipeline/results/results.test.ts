import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOutput, readResultFile } from './read.ts';

const TAP = `TAP version 13
# Subtest: good
ok 1 - good
  ---
  duration_ms: 0.9
  type: 'test'
  ...
# Subtest: group
    # Subtest: inner bad
    not ok 1 - inner bad
      ---
      duration_ms: 1.06
      location: '/shop/a.test.mjs:2:58'
      failureType: 'testCodeFailure'
      error: 'it''s 1 == 2'
      stack: |-
        TestContext.<anonymous> (file:///shop/a.test.mjs:2:88)
      ...
    # Subtest: ok
    ok 2 - ok
    1..2
not ok 2 - group
  ---
  location: '/shop/a.test.mjs:2:23'
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
ok 3 - skipped # SKIP why
not ok 4 - todo # TODO later
# Subtest: throws
not ok 5 - throws \\# twice
  ---
  location: '/shop/a.test.mjs:4:1'
  error: |-
    boom
      second line
  ...
1..5
# tests 7`;

test('TAP with subtests and diagnostics, as node prints it', () => {
  assert.deepEqual(readOutput(['> shop@1.0.0 test', '> node --test', '', ...TAP.split('\n')]), {
    passed: 2,
    failed: 2,
    skipped: 2,
    failures: [
      { name: 'group > inner bad', file: '/shop/a.test.mjs', line: 2, message: "it's 1 == 2" },
      { name: 'throws # twice', file: '/shop/a.test.mjs', line: 4, message: 'boom\n  second line' },
    ],
  });
});

test('a group that fails although all in it are well is a failed test', () => {
  const lines =
    '# Subtest: group\n    ok 1 - a\n    1..1\nnot ok 1 - group\n  ---\n  error: "after \\"hook\\""\n  ...\n1..1';
  assert.deepEqual(readOutput(lines.split('\n')), {
    ...{ passed: 1, failed: 1, skipped: 0 },
    failures: [{ name: 'group', file: null, line: null, message: 'after "hook"' }],
  });
});

test('plain TAP of other languages', () => {
  const lines = ['1..3', 'ok 1 works', 'not ok 2 - breaks', '# at t/a.t line 3', 'ok 3 # skip no network'];
  assert.deepEqual(readOutput(lines), {
    ...{ passed: 1, failed: 1, skipped: 1 },
    failures: [{ name: 'breaks', file: null, line: null, message: '' }],
  });
});

const SPEC = `✔ good (1.199087ms)
▶ group
  ✖ inner bad (1.251495ms)
✖ group (3.988602ms)
﹣ skipped (0.194309ms) # why
✔ todo (0.154434ms) # TODO
ℹ tests 7
ℹ suites 0
ℹ pass 2
ℹ fail 2
ℹ cancelled 1
ℹ skipped 1
ℹ todo 1
ℹ duration_ms 95.477316

✖ failing tests:

test at a.test.mjs:2:58
✖ inner bad (1.251495ms)
  AssertionError [ERR_ASSERTION]: 1 == 2
  
  3 !== 2
      at TestContext.<anonymous> (file:///shop/a.test.mjs:2:88) {
    code: 'ERR_ASSERTION'
  }

test at lib/a b.test.mjs:4:1
✖ throws
  Error: boom
  second line
      at TestContext.<anonymous> (file:///shop/a.test.mjs:4:28)`;

test('what node prints where nobody chose a reporter', () => {
  assert.deepEqual(readOutput(SPEC.split('\n')), {
    ...{ passed: 2, failed: 3, skipped: 2 },
    failures: [
      {
        name: 'inner bad',
        file: 'a.test.mjs',
        line: 2,
        message: 'AssertionError [ERR_ASSERTION]: 1 == 2\n\n3 !== 2',
      },
      { name: 'throws', file: 'lib/a b.test.mjs', line: 4, message: 'Error: boom\nsecond line' },
    ],
  });
});

test('two runs one after the other are added up', () => {
  const report = readOutput([...SPEC.split('\n'), ...SPEC.split('\n')]);
  assert.deepEqual([report?.passed, report?.failures.length], [4, 4]);
});

test('colours do not hide results', () => {
  assert.equal(readOutput(SPEC.split('\n').map((line) => `\x1b[32m${line}\x1b[39m`))?.failed, 3);
});

test('other words are no results', () => {
  assert.equal(readOutput(['ok, all is well', 'not ok yet', 'ℹ pass']), null);
  assert.equal(readOutput([]), null);
});

const JUNIT = `<?xml version="1.0"?>
<testsuites>
  <testsuite name="cart" tests="3">
    <testcase name="adds" classname="cart" time="0.1"/>
    <testcase name="removes &amp; counts" classname="cart" file="test/cart.py">
      <failure message="expected 1 &lt; 0"><![CDATA[Traceback
  File "x"
test/cart.py:12: AssertionError]]></failure>
    </testcase>
    <testcase name="later"><skipped/></testcase>
  </testsuite>
  <testsuite name="pytest"><testcase classname="tests.test_a" name="test_b"><error>boom
tests/test_a.py:7: in test_b</error></testcase></testsuite>
</testsuites>`;

test('JUnit', () => {
  assert.deepEqual(readResultFile(JUNIT), {
    ...{ passed: 1, failed: 2, skipped: 1 },
    failures: [
      { name: 'cart > removes & counts', file: 'test/cart.py', line: 12, message: 'expected 1 < 0' },
      {
        name: 'pytest > test_b',
        ...{ file: 'tests/test_a.py', line: 7, message: 'boom\ntests/test_a.py:7: in test_b' },
      },
    ],
  });
});

test('a file of results may be TAP, too', () => assert.equal(readResultFile(TAP)?.failed, 2));

const REFUSED: Record<string, string> = {
  'entities of its own':
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuites><testcase name="&b;"/></testsuites>',
  'an outside file': '<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuites/>',
  'another XML': '<project/>',
  'a damaged file': '<testsuites><testcase name="a">',
  words: 'all went well',
};

for (const [what, text] of Object.entries(REFUSED))
  test(`no results: ${what}`, () => assert.equal(readResultFile(text), null));

test('what a program writes is bounded', () => {
  const many = Array.from({ length: 200 }, (_, n) => `not ok ${n + 1} - ${'x'.repeat(5000)}`);
  const report = readOutput(['1..200', ...many]);
  assert.deepEqual(
    [report?.failed, report?.failures.length, report?.failures[0]?.name.length],
    [200, 50, 300],
  );
});
