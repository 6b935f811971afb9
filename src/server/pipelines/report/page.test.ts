import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quality } from '../../../delivery/index.ts';
import type { StoredPipelineRun, StoredPipelineStep } from '../stored.ts';
import { type ReportData, reportPage } from './page.ts';

const EVIL = `"><script>alert('1')</script><img src=x onerror=y>\u202e\x1b[31m&`;

const RUN: StoredPipelineRun = {
  ...{
    id: 7,
    system: EVIL,
    repository: EVIL,
    branch: EVIL,
    commit: EVIL,
    folder: '.',
    by: EVIL,
    cause: 'push',
  },
  ...{
    environments: [],
    source: null,
    onlyStep: null,
    fresh: false,
    retryOf: null,
    state: 'failed',
    reason: EVIL,
  },
  ...{ cancelled: null, release: null, isDelivering: false, deliveries: [], model: null, tree: null },
  ...{ figures: { tests: 3, lint: 2 }, createdAt: 1e12, startedAt: 1e12, endedAt: 1e12, isCleaned: true },
};

const STEP: StoredPipelineStep = {
  ...{ run: 7, name: 'test', kind: 'command', needs: [], state: 'failed', reason: EVIL, exitCode: 1 },
  ...{ cacheKey: null, cachedFrom: null, artifacts: [], startedAt: 0, endedAt: 1500 },
  tests: {
    passed: 1,
    failed: 60,
    skipped: 1,
    failures: [{ name: EVIL, file: EVIL, line: 3, message: EVIL }],
  },
};

const FINDING = { check: 'lint', severity: 'error', file: EVIL, line: 2, rule: EVIL, message: EVIL } as const;
const QUALITY: Quality = [
  { check: 'lint', by: EVIL, skipped: null, findings: [FINDING], figures: {} },
  { check: 'packages', by: 'npm audit', skipped: EVIL, findings: [], figures: {} },
];

const DATA: ReportData = {
  ...{ run: RUN, steps: [STEP], quality: QUALITY },
  before: [{ id: 6, figures: { tests: 4, lint: 5 } }],
};

for (const language of ['en', 'fr'] as const)
  test(`nothing that others wrote is markup, and nothing runs (${language})`, () => {
    const page = reportPage(DATA, language);
    assert.doesNotMatch(page, /<(script|img|iframe|link|a|form|base)\b/i);
    assert.doesNotMatch(page, /\u202e|\x1b/);
    assert.ok(page.includes('&lt;script&gt;alert(&#39;1&#39;)'));
    assert.match(
      page,
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/,
    );
    assert.ok(page.startsWith(`<!doctype html>\n<html lang="${language}">`));
    assert.doesNotMatch(page, /undefined|\[object/);
  });

test('figures are compared with the run before', () => {
  const page = reportPage(DATA, 'fr');
  assert.match(page, /Remarques du linter<\/th><td class="number">5<\/td><td class="number good">2<\/td>/);
  assert.match(page, /<polyline points="2\.0,3\.0 118\.0,21\.0"/);
  assert.match(page, /59 autres ne sont pas montrés/);
});

test('a first run has nothing to be compared with, and one without checks says so', () => {
  const page = reportPage({ ...DATA, before: [], quality: null }, 'en');
  assert.match(page, /There is no run before this one/);
  assert.match(page, /The standard checks did not run/);
});
