import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { PipelineSummary } from '../../src/server/api/types.ts';
import { focusedName, NO_BROWSER, Sight, tabTo, type VisitOptions } from './dashboard/browser.ts';
import { pipeline, runView, shopPicture, step, wrote } from './dashboard/delivery-pictures.ts';
import type { Asked, StandIn } from './dashboard/stand-in.ts';

const sight = new Sight();
const FAILURE = { name: 'cart > adds', file: 'cart.test.ts', line: 14, message: '3 !== 2\n' };
/** What a run that goes on is told as. */
const GOING: Partial<PipelineSummary> = { state: 'running', endedAt: null, deliveries: [], release: null };
const STEPS = [
  step('checkout', { kind: 'checkout' }),
  step('test', { state: 'running', endedAt: null }),
  step('build', { state: 'waiting', startedAt: null, endedAt: null }),
];

describe('pipelines on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('the list has every run, and is asked for again when the picture shows another state', async () => {
    const first = shopPicture({ pipelines: [pipeline(8, GOING)] });
    const { page, server, close } = await sight.visit({ first, hash: '#/pipelines' });
    const asked = await server.nextAsked('/api/pipelines');
    assert.deepEqual(asked.search, { most: '50' });
    const failed = pipeline(7, { state: 'failed', reason: 'test failed', deliveries: [] });
    asked.json(200, [pipeline(8, GOING), failed]);
    const table = page.getByRole('table', { name: 'Pipelines of all systems' });
    assert.match(
      await table.getByRole('row', { name: /^Run 7/ }).innerText(),
      /shop\s+Failed\s+test failed\s+c0ffee1d · main\s+ada by git push\s+staging\s+\d+ \w+ ago\s+8\.4s/,
    );
    server.show(shopPicture({ pipelines: [pipeline(8)] }));
    (await server.nextAsked('/api/pipelines')).json(200, [pipeline(8), failed]);
    await table
      .getByRole('row', { name: /^Run 8/ })
      .getByText('runs', { exact: true })
      .waitFor();
    await tabTo(page, 'Run 8');
    await page.keyboard.press('Enter');
    assert.equal((await server.nextAsked('/api/pipelines/8')).path, '/api/pipelines/8');
    assert.equal(await focusedName(page), 'Run 8');
    assert.equal(await page.title(), 'Run 8 · Escale');
    await close();
  });

  test('says how to begin one where none has run', async () => {
    const prepare = (server: StandIn) => server.standing.set('/api/pipelines', () => []);
    const { page, close } = await sight.visit({ first: shopPicture(), hash: '#/pipelines', prepare });
    await page.getByText(/git push http:\/\/127.0.0.1:\d+\/git\/NAME main/).waitFor();
    await close();
  });

  test('what steps write comes live, follows its end unless its reader scrolled up, and moves nothing', async () => {
    const { page, log, close } = await visitRun();
    const box = page.getByRole('region', { name: 'What test writes' }).locator('pre');
    const place = await box.boundingBox();
    for (let line = 0; line < 400; line++) log.line(wrote('test', `line ${line}`));
    await box.getByText('line 399', { exact: true }).waitFor();
    await atEnd(box, true);
    await box.evaluate((element) => {
      element.scrollTop = 0;
    });
    const follow = page.getByRole('button', { name: 'Go to the end' });
    await follow.waitFor();
    log.line(wrote('test', 'one more'));
    await box.getByText('one more', { exact: true }).waitFor();
    assert.equal(await box.evaluate((element) => element.scrollTop), 0);
    await follow.focus();
    await page.keyboard.press('Enter');
    await atEnd(box, true);
    log.line(wrote('test', 'the last one'));
    await box.getByText('the last one', { exact: true }).waitFor();
    await atEnd(box, true);
    assert.deepEqual(await box.boundingBox(), place);
    await close();
  });

  test('of very many lines the last ones are kept, quickly', async () => {
    const { page, log, close } = await visitRun();
    const box = page.getByRole('region', { name: 'What test writes' });
    for (let line = 1; line <= 20_000; line++) log.line(wrote('test', `line ${line}`));
    await box.getByText('20,000 lines · the last 2,000 are shown').waitFor();
    assert.equal(await box.locator('.line').count(), 2000);
    assert.match(await box.locator('.line').first().innerText(), /line 18001$/m);
    await close();
  });

  test('what a program writes for a terminal is text and nothing else', async () => {
    const { page, log, close } = await visitRun();
    log.line(
      wrote(
        'test',
        '\u001b[31mred\u001b[0m \u001b]0;title\u0007 <img src=x onerror=alert(1)> \u202Egnp',
        'err',
      ),
    );
    const line = page.locator('.line-err');
    await line.waitFor();
    const text = await line.innerText();
    assert.match(text, /red ␛\]0;title␇ <img src=x onerror=alert\(1\)> \ufffdgnp/);
    assert.doesNotMatch(text, /[\u001b\u0007\u202e]/);
    assert.equal(await page.locator('main img').count(), 0);
    await close();
  });

  test('failed tests are first, each with its place; its step is shown, and a screen reader hears of it', async () => {
    const { page, log, known, close } = await visitRun();
    log.line(wrote('test', 'counting'));
    await page.getByText('counting').waitFor();
    log.line({ type: 'test-failed', step: 'test', failure: FAILURE });
    const tests = { passed: 4, failed: 1, skipped: 0 };
    log.line({ type: 'ended', step: 'test', state: 'failed', reason: 'exited with code 1', ms: 1200, tests });
    const failed = page.getByRole('region', { name: '1 test failed' });
    assert.match(await failed.innerText(), /cart > adds cart\.test\.ts:14 test\s+3 !== 2/);
    await page.getByRole('status').getByText('test: Failed.').waitFor();
    const steps = page.getByRole('list', { name: 'Steps of run 8' });
    assert.match(
      await steps.getByRole('listitem').nth(1).innerText(),
      /test\s+Failed\s+1\.2s\s+4 passed · 1 failed/,
    );
    known.run = runView(8, STEPS, { state: 'failed', reason: 'test failed', deliveries: [] });
    log.line({ type: 'end', id: 8, state: 'failed', reason: 'test failed', ms: 2000, report: '' });
    log.end();
    await page.getByRole('button', { name: 'Run again' }).waitFor();
    const report = page.getByRole('link', { name: /Quality report/ });
    assert.equal(await report.getAttribute('href'), '/api/pipelines/8/report?lang=en');
    await close();
  });

  test('another step is looked at by keyboard, and Back and a reload keep it', async () => {
    const { page, log, server, close } = await visitRun();
    log.line({ type: 'output', step: 'checkout', stream: 'escale', text: 'shop at c0ffee1d', at: 5 });
    const link = page.getByRole('list', { name: 'Steps of run 8' }).getByRole('link', { name: /^checkout/ });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'What checkout writes' }).getByText('shop at c0ffee1d').waitFor();
    assert.equal(await link.getAttribute('aria-current'), 'true');
    assert.equal(await link.evaluate((element) => element.matches(':focus')), true, 'focus stays');
    await page.reload();
    await beginLog(server);
    await page.getByRole('region', { name: 'What checkout writes' }).waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'What test writes' }).waitFor();
    await close();
  });

  test('a log that is cut off is said to be that, and told again from its beginning, no line twice', async () => {
    const { page, log, server, close } = await visitRun({ expect: /ERR_/ });
    log.line(wrote('test', 'before'));
    await page.getByText('before', { exact: true }).waitFor();
    log.cut();
    await page.getByText('The connection to its log was lost.').waitFor();
    const again = await server.nextAsked('/log');
    again.line(wrote('test', 'before'));
    again.line(wrote('test', 'after'));
    await page.getByText('after', { exact: true }).waitFor();
    assert.equal(await page.getByText('before', { exact: true }).count(), 1);
    assert.equal(await page.getByText('The connection to its log was lost.').count(), 0);
    await close();
  });

  test('a run is ended after a question, and run again; a refusal says why', async () => {
    const { page, server, known, close } = await visitRun({ expect: /409/ });
    await page.getByRole('button', { name: 'Cancel…' }).click();
    const dialog = page.getByRole('dialog', { name: 'End run 8?' });
    await dialog.getByRole('button', { name: 'End it' }).click();
    const [code, message] = ['pipeline-delivering', 'pipeline run 8 delivers already'];
    (await server.nextAsked('/cancel')).json(409, { error: { code, message, next: null } });
    await page.getByText(message).waitFor();
    known.run = runView(8, STEPS);
    server.show(shopPicture({ pipelines: [pipeline(8)] }));
    await page.getByRole('button', { name: 'Run again' }).click();
    (await server.nextAsked('/retry')).json(200, pipeline(9, { ...GOING, retryOf: 8 }));
    await page.getByRole('heading', { name: 'Run 9' }).waitFor();
    assert.match(page.url(), /#\/pipelines\/9$/);
    await close();
  });

  test('a run that is not there is said to be that', async () => {
    const { page, server, close } = await sight.visit({
      first: shopPicture(),
      hash: '#/pipelines/77',
      expect: /404/,
    });
    const error = { code: 'pipeline-unknown', message: 'there is no pipeline run 77', next: null };
    (await server.nextAsked('/api/pipelines/77')).json(404, { error });
    (await server.nextAsked('/log')).json(404, { error });
    await page.getByText('there is no pipeline run 77').waitFor();
    await close();
  });
});

async function atEnd(box: Locator, expected: boolean): Promise<void> {
  const isAtEnd = () =>
    box.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 24);
  for (let tries = 0; tries < 50 && (await isAtEnd()) !== expected; tries++)
    await box.page().waitForTimeout(20);
  assert.equal(await isAtEnd(), expected);
}

/** A run that goes on; its log, and what else is known of it, are the test's to write. */
async function visitRun(more: Partial<VisitOptions> = {}) {
  const known = { run: runView(8, STEPS, GOING) };
  const prepare = (server: StandIn) => server.standing.set('/api/pipelines/8', () => known.run);
  const first = shopPicture({ pipelines: [pipeline(8, GOING)] });
  const visit = await sight.visit({ first, hash: '#/pipelines/8', prepare, ...more });
  const log = await beginLog(visit.server);
  await visit.page.getByRole('region', { name: 'What test writes' }).waitFor();
  return { ...visit, log, known };
}

async function beginLog(server: StandIn): Promise<Asked> {
  const log = await server.nextAsked('/log');
  log.line({ type: 'run', id: 8, system: 'shop', commit: 'c', branch: 'main' });
  return log;
}
