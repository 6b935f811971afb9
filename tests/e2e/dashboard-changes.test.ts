import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AnswerLine } from '../../dashboard/src/api/types.ts';
import type { Operation } from '../../src/core/rollout/index.ts';
import type { Progress } from '../../src/server/control-plane.ts';
import type { Rollout } from '../../src/server/store/index.ts';
import { focusedName, NO_BROWSER, Sight, tabTo } from './dashboard/browser.ts';
import { hello, instance, picture, release, rollout } from './dashboard/pictures.ts';

/** What the server tells is what the page reads: checked by the compiler. */
const readable = <Line extends Progress>(line: Line & AnswerLine): Line => line;
export const readsAll: (line: Progress) => AnswerLine = (line) => line;
const sight = new Sight();
const HELLO = '/api/systems/hello/environments/local';
const place = { system: 'hello', environment: 'local' };

describe('changes asked for on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('an instance is killed by keyboard alone, after a question, and its replacement is shown', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    await page.getByRole('button', { name: 'Kill hello-web-p7qa' }).waitFor();
    await tabTo(page, 'Kill hello-web-p7qa');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Kill hello-web-p7qa?' }).waitFor();
    assert.equal(await focusedName(page), 'Cancel');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal(await focusedName(page), 'Kill hello-web-p7qa');
    assert.equal(server.unseen, 0);

    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Kill it');
    await page.keyboard.press('Enter');
    const asked = await server.nextAsked();
    assert.equal(asked.path, '/api/instances/hello-web-p7qa/kill');
    asked.json(200, {});
    const card = page.getByRole('article', { name: 'Kill hello-web-p7qa' });
    await card.getByText('Killed; waiting for another one to be ready').waitFor();

    const left = ['k3f9', 'x2mt'].map((suffix) => instance(`hello-web-${suffix}`));
    const coming = instance('hello-web-new1', { state: 'starting', reason: 'not probed yet' });
    server.show(picture({ systems: [hello({ instances: [...left, coming], ready: 2, wanted: 3 })] }));
    await page.getByRole('cell', { name: /Starting/ }).waitFor();
    assert.equal(await card.getByText('Replaced by').count(), 0);
    const there = instance('hello-web-new1');
    server.show(picture({ systems: [hello({ instances: [...left, there], ready: 3, wanted: 3 })] }));
    await card.getByText('Replaced by hello-web-new1 in').waitFor();
    assert.notEqual(await page.evaluate('document.activeElement'), null);
    await close();
  });

  test('a question that is asked while the one before still closes is shown whole', async () => {
    const { page, close } = await sight.visit({ first: picture() });
    const button = page.getByRole('button', { name: 'Kill hello-web-p7qa' });
    await button.focus();
    await page.keyboard.press('Enter');
    for (let round = 0; round < 20; round++) {
      await page.getByRole('dialog').getByRole('button', { name: 'Kill it' }).waitFor();
      await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('Enter')]);
    }
    await page.getByRole('dialog').getByRole('button', { name: 'Kill it' }).waitFor();
    await close();
  });

  test('scaling tells its steps with their times, then its end', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    await page.getByRole('button', { name: 'One more: web' }).click();
    await page.getByRole('button', { name: 'One more: web' }).click();
    await page.getByRole('button', { name: 'Scale web to 5' }).click();
    const asked = await server.nextAsked();
    assert.equal(asked.path, `${HELLO}/scale`);
    assert.deepEqual(asked.body, { numbers: { web: 5 } });
    const operation: Operation = { kind: 'scale', service: 'web', release: 4, from: 3, to: 5 };
    asked.line(readable({ type: 'plan', operations: [operation] }));
    const step = page.getByRole('list', { name: 'Steps of: Scale web to 5' }).getByRole('listitem');
    await step.getByText('to come').waitFor();
    asked.line({ type: 'begin', index: 0, operation });
    await step.getByText('now').waitFor();
    assert.equal(await step.getAttribute('aria-current'), 'step');
    asked.line({ type: 'done', index: 0, operation, ms: 612 });
    await step.getByText('612ms').waitFor();
    asked.line({
      type: 'result',
      place,
      release: 4,
      rollout: ended('promoted', ''),
      added: false,
      returned: false,
    });
    asked.end();
    await page.getByRole('article', { name: 'Scale web to 5' }).getByText('Done in').waitFor();
    await page.getByRole('status').getByText('Scale web to 5: Done in').waitFor();
    await page.getByRole('button', { name: 'Dismiss: Scale web to 5' }).click();
    assert.equal(await page.getByRole('article', { name: 'Scale web to 5' }).count(), 0);
    await close();
  });

  test('the number can be typed; Enter applies it, nonsense is not sent', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    const field = page.getByRole('spinbutton', { name: 'Instances wanted of web' });
    await field.fill('250');
    await field.press('Enter');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.press('Escape');
    assert.equal(await field.inputValue(), '3');
    await field.fill('6');
    await field.press('Enter');
    const asked = await server.nextAsked();
    assert.deepEqual(asked.body, { numbers: { web: 6 } });
    assert.equal(server.unseen, 0);
    asked.end();
    await close();
  });

  test('scaling to nothing is asked twice', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    const field = page.getByRole('spinbutton', { name: 'Instances wanted of web' });
    await field.fill('0');
    await field.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Scale web to 0?' });
    await dialog.waitFor();
    assert.equal(server.unseen, 0);
    await dialog.getByRole('button', { name: 'Scale to 0' }).click();
    assert.deepEqual((await server.nextAsked()).body, { numbers: { web: 0 } });
    await close();
  });

  test('an error is shown with its next step, in the language of the reader', async () => {
    for (const [locale, button, texts] of [
      ['en-GB', 'Restart web', ['there is no service "web"', 'Its services are: api.']],
      ['fr-FR', 'Redémarrer web', ['il n’y a pas de service « web »', 'Ses services sont : api.']],
    ] as const) {
      const visit = { first: picture(), locale, expect: /422/ };
      const { page, server, close } = await sight.visit(visit);
      await page.getByRole('button', { name: button, exact: true }).click();
      const asked = await server.nextAsked();
      assert.deepEqual([asked.path, asked.body], [`${HELLO}/restart`, { services: ['web'] }]);
      const [code, message, next] = [
        'service-unknown',
        'there is no service "web"',
        'Its services are: api.',
      ];
      asked.line({ error: { code, message, next, place: null, details: null } });
      asked.end();
      for (const text of texts) await page.getByText(text).waitFor();
      await close();
    }
  });

  test('a refusal that is not in lines is shown too', async () => {
    const { page, server, close } = await sight.visit({ first: picture(), expect: /503/ });
    await page.getByRole('button', { name: 'Restart all' }).click();
    const asked = await server.nextAsked();
    assert.deepEqual(asked.body, { services: [] });
    asked.json(503, { error: { code: 'process-away', message: 'the supervisor is away', next: null } });
    await page.getByText('the supervisor is away', { exact: true }).waitFor();
    await close();
  });

  test('a rollback names both releases; when it is not taken, the page says why and what was written', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    await page.getByRole('button', { name: 'Roll back to release 3' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the release of hello?' });
    assert.match(await dialog.innerText(), /From\s+Release 4[\s\S]*To\s+Release 3/);
    const yes = dialog.getByRole('button', { name: 'Go to release 3' });
    assert.equal(await yes.getAttribute('aria-disabled'), 'true', 'not before it is known what it would do');
    const operation: Operation = { kind: 'start', service: 'web', release: 3, index: 1, of: 3 };
    const operations: Operation[] = [operation, { kind: 'promote', release: 3 }];
    const planned = await server.nextAsked('/plan');
    assert.deepEqual(planned.search, { kind: 'rollback', release: '3' });
    planned.json(200, {
      ...place,
      release: 3,
      fromRelease: 4,
      operations,
      lines: [],
      notes: [],
      approve: null,
    });
    await dialog.getByText('Instances are replaced of: web.').waitFor();
    await yes.click();
    const asked = await server.nextAsked();
    assert.deepEqual([asked.path, asked.body], [`${HELLO}/rollback`, { to: 3 }]);
    asked.line({ type: 'plan', operations });
    const [reason, who] = ['exited with code 1', 'hello-web-bad1'];
    const lastLines = ['Error: <b>no</b> database'];
    asked.line({ type: 'failed', index: 0, operation, reason, instance: who, lastLines });
    asked.line({ type: 'returning', toRelease: 4 });
    asked.line({
      type: 'result',
      place,
      release: 3,
      rollout: ended('rolled-back', `${who}: ${reason}`),
      added: false,
      returned: false,
    });
    asked.end();
    const card = page.getByRole('article', { name: 'Go to release 3' });
    await card.getByText('Not taken, after').waitFor();
    await card.getByText('Error: <b>no</b> database').waitFor();
    await card.getByText('Going back to release 4').waitFor();
    await close();
  });

  test('while a rollout runs its progress is shown, and it can be stopped', async () => {
    const system = hello();
    system.state = 'updating';
    system.releases.unshift(release(5));
    system.rollouts.unshift(rollout(5, { state: 'running', done: 4, of: 9, endedAt: null }));
    const { page, server, close } = await sight.visit({ first: picture({ systems: [system] }) });
    const progress = page.getByRole('progressbar', { name: /Deploy release 4 to 5 · Step 5 of 9/ });
    assert.equal(await progress.getAttribute('value'), '4');
    await page.getByRole('button', { name: 'Stop and go back…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
    const asked = await server.nextAsked();
    assert.deepEqual([asked.path, asked.body], [`${HELLO}/rollback`, {}]);
    await close();
  });

  test('an answer that is cut off is said to be that', async () => {
    const { page, server, close } = await sight.visit({ first: picture(), expect: /ERR_/ });
    await page.getByRole('button', { name: 'Restart web', exact: true }).click();
    const asked = await server.nextAsked();
    asked.line({ type: 'note', message: 'waiting for the rollout of hello that is under way' });
    await page.getByText('waiting for the rollout of hello').waitFor();
    asked.cut();
    await page.getByText('The connection broke before the end was told.').waitFor();
    await close();
  });

  test('taking a system down is asked first', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    await page.getByRole('button', { name: 'Take down…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it down' }).click();
    const asked = await server.nextAsked();
    assert.equal(asked.path, `${HELLO}/down`);
    asked.json(200, {});
    await page.getByRole('article', { name: 'Take down' }).getByText('Done in').waitFor();
    await close();
  });
});

function ended(state: Rollout['state'], reason: string): Rollout {
  const change = { changes: [], former: {}, target: {}, scaled: {} };
  return {
    ...{
      ...place,
      id: 9,
      kind: 'scale',
      fromRelease: 4,
      toRelease: 4,
      operations: [],
      done: 1,
      state,
      reason,
    },
    ...{ startedAt: Date.now() - 600, endedAt: Date.now(), change },
  };
}
