import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Overview } from '../../src/server/api/types.ts';
import { NO_BROWSER, Sight } from './dashboard/browser.ts';
import {
  approval,
  changes,
  entry,
  pipeline,
  runView,
  shopIn,
  shopPicture,
  step,
} from './dashboard/delivery-pictures.ts';
import type { StandIn } from './dashboard/stand-in.ts';

const sight = new Sight();
const VIEWS = [
  '#/',
  '#/systems/shop',
  '#/systems/shop/releases/7',
  '#/pipelines',
  '#/pipelines/8',
  '#/approvals',
  '#/audit',
];

describe('every view of the way from a push to production', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  for (const hash of VIEWS)
    test(`${hash}: is French, fits 360 px, has names for all that can be used, and no name of it has power`, async () => {
      for (const options of [
        { locale: 'fr-FR' },
        { locale: 'fr-FR', width: 360 },
        { width: 360, first: hostile() },
      ]) {
        const { page, close } = await sight.visit({
          first: shopPicture(),
          hash,
          prepare: answers,
          ...options,
        });
        await page.locator('.board h2').first().waitFor();
        await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
        const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        assert.equal(await page.evaluate(wider), 0, JSON.stringify(options.width));
        await hasNames(page);
        assert.equal(await page.locator('main img, main script').count(), 0);
        const text = await page.locator('body').innerText();
        assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u001b]/);
        if (!('first' in options))
          assert.doesNotMatch(
            text,
            /\b(Release|Run|Steps?|Ready|Running|Failed|Approve|waits?|Promote|Where|Done)\b/,
          );
        await close();
      }
    });
});

const EVIL = `<img src=x onerror=alert(1)>${'very-long-'.repeat(12)}\u202Egnp`;

/** Whatever a view may ask for, with words from elsewhere that mean no good. */
function answers(server: StandIn): void {
  const tests = {
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: [{ name: EVIL, file: EVIL, line: 1, message: EVIL }],
  };
  const steps = [step('test', { state: 'failed', reason: EVIL, tests }), step(EVIL)];
  const [commit] = changes().commits;
  const evil = {
    commits: [{ ...commit!, subject: EVIL, author: EVIL }],
    files: [{ path: EVIL, change: 'M' }],
  };
  server.standing.set('/releases/7', () => changes({ ...evil, programs: [EVIL] }));
  server.standing.set('/api/pipelines', () => [pipeline(8, { by: EVIL, branch: EVIL }), pipeline(7)]);
  server.standing.set('/api/pipelines/8', () => runView(8, steps, { reason: EVIL, state: 'failed' }));
  server.standing.set('/api/pipelines/8/log', () => ({
    type: 'output',
    step: 'test',
    stream: 'out',
    text: EVIL,
    at: 1,
  }));
  server.standing.set('/api/audit', () => [
    entry(1, { who: EVIL, action: EVIL, detail: { [EVIL]: EVIL } }),
    entry(2),
  ]);
}

function hostile(): Overview {
  const drift = { found: [{ kind: 'files' as const, service: EVIL, message: EVIL }], repaired: true };
  return shopPicture({
    systems: [shopIn('production', 6, { drift }), shopIn('staging', 7)],
    approvals: [approval(1, { wantedBy: EVIL, environment: EVIL })],
  });
}

async function hasNames(page: Page): Promise<void> {
  const unnamed =
    "[...document.querySelectorAll('button,input,select,a')].filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).length";
  assert.equal(await page.evaluate(unnamed), 0);
  assert.equal(await page.evaluate("document.querySelectorAll('table:not(:has(caption))').length"), 0);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
}
