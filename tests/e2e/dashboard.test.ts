import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Overview } from '../../src/server/api/types.ts';
import { NO_BROWSER, Sight, type VisitOptions } from './dashboard/browser.ts';
import { event, hello, host, instance, picture, service, system } from './dashboard/pictures.ts';
import { POLICY } from './dashboard/stand-in.ts';

const sight = new Sight();

test('the stand-in sends the policy of the real server', () => {
  const door = path.join(import.meta.dirname, '..', '..', 'src', 'server', 'api', 'page-door.ts');
  assert.ok(readFileSync(door, 'utf8').includes(`"${POLICY}"`));
});

describe('the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('shows what runs: systems, services, instances, addresses, host', async () => {
    const { page, close } = await sight.visit({ first: picture() });
    const board = page.getByRole('region', { name: 'hello' });
    await board.getByRole('heading', { level: 2, name: 'hello' }).waitFor();
    assert.match(await board.innerText(), /Ready[\s\S]*local[\s\S]*Release 4/);
    const link = board.getByRole('link', { name: 'hello.localhost:8080' });
    assert.equal(await link.getAttribute('href'), 'http://hello.localhost:8080/');
    const table = board.getByRole('table', { name: 'Instances of web' });
    assert.equal(await table.getByRole('row').count(), 4);
    const row = await table.getByRole('row', { name: /hello-web-k3f9/ }).innerText();
    assert.match(row, /Ready\s+4\s+42m\s+58 MB\s+3\.4%\s+12,840\s+Kill…/);
    const facts = page.getByRole('region', { name: 'This host' });
    assert.match(await facts.innerText(), /connected, pid 4001[\s\S]*cgroup v2/);
    assert.equal(await page.title(), 'all ready · Escale');
    await close();
  });

  test('has landmarks, one h1, names for all buttons, captions for all tables', async () => {
    const { page, close } = await sight.visit({ first: picture() });
    await page.getByRole('heading', { level: 2, name: 'hello' }).waitFor();
    for (const role of ['banner', 'main', 'complementary'] as const)
      assert.equal(await page.getByRole(role).count(), 1, role);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    const unnamed =
      "[...document.querySelectorAll('button,input,select')].filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).length";
    assert.equal(await page.evaluate(unnamed), 0);
    assert.equal(await page.evaluate("document.querySelectorAll('table:not(:has(caption))').length"), 0);
    await close();
  });

  test('a service that is not probed is never called ready or healthy', async () => {
    const worker = service('mailer', { probed: false, instances: [instance('hello-mailer-1')] });
    const first = picture({ systems: [system('hello', { services: [worker] })] });
    const { page, close } = await sight.visit({ first });
    const row = page.getByRole('article', { name: 'mailer' });
    await row.getByText('TCP only').waitFor();
    const state = await row.getByRole('cell', { name: 'Accepts TCP' }).innerText();
    assert.doesNotMatch(state, /ready|healthy/i);
    await close();
  });

  test('computes the rate from pictures that follow each other', async () => {
    const at = Date.now();
    const first = picture({ at, systems: [hello({ requests: 1000, errors: 0 })] });
    const { page, server, close } = await sight.visit({ first });
    await page.getByText('measuring').waitFor({ state: 'attached' });
    server.show(picture({ at: at + 5000, systems: [hello({ requests: 1100, errors: 10 })] }));
    await page.getByText('20.0 requests per second').or(page.getByText('20 requests per second')).waitFor();
    await page.getByText('2/s now').waitFor();
    await close();
  });

  test('says why something does badly, and when it is tried again', async () => {
    const lastFailure = { instance: 'hello-web-p7qa', reason: 'exited with code 1', at: Date.now() };
    const first = picture({ systems: [hello({ ready: 2, lastFailure, backoffMs: 30_000, held: 14 })] });
    const { page, close } = await sight.visit({ first });
    const row = page.getByRole('article', { name: 'web' });
    await row.getByText('Next try in').waitFor();
    assert.match(await row.innerText(), /hello-web-p7qa · exited with code 1 Next try in (30|29|28)s/);
    assert.match(await row.innerText(), /Waiting\s+14/);
    await close();
  });

  test('is in French for those who read French, whole', async () => {
    const events = [event(1, { message: 'ready after 1412 ms' }), event(2, { message: 'nobody knows this' })];
    const { page, close } = await sight.visit({ first: picture({ events }), locale: 'fr-CA' });
    await page.getByText('prête après 1 412 ms').or(page.getByText('prête après 1 412 ms')).waitFor();
    assert.equal(await page.evaluate('document.documentElement.lang'), 'fr');
    assert.equal(await page.getByText('nobody knows this').getAttribute('lang'), 'en');
    assert.equal(await page.title(), 'tout est prêt · Escale');
    const text = await page.locator('body').innerText();
    assert.doesNotMatch(text, /\b(Ready|Release|Kill|Restart|Roll|Requests|Gateway|Log|Apply|Memory)\b/);
    await close();
  });

  test('is in English for those who read neither', async () => {
    const { page, close } = await sight.visit({ first: picture(), locale: 'ja-JP' });
    await page.getByRole('button', { name: 'Restart all' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
    await close();
  });

  for (const [scheme, paper] of [
    ['light', 'rgb(251, 250, 245)'],
    ['dark', 'rgb(17, 30, 40)'],
  ] as const)
    test(`wears the reader's ${scheme} scheme`, async () => {
      const { page, close } = await sight.visit({ first: picture(), scheme });
      await page.locator('.board h2').waitFor();
      const ground = "getComputedStyle(document.querySelector('.board')).backgroundColor";
      assert.equal(await page.evaluate(ground), paper);
      await close();
    });

  test('does not move for those who ask for stillness', async () => {
    const starting = instance('hello-web-new', { state: 'starting' });
    const moving: VisitOptions = { first: picture({ systems: [hello({ instances: [starting] })] }) };
    for (const reducedMotion of [false, true]) {
      const { page, close } = await sight.visit({ ...moving, reducedMotion });
      await page.getByRole('cell', { name: 'Starting' }).waitFor();
      const running = await page.evaluate<number>('document.getAnimations().length');
      assert.equal(running === 0, reducedMotion);
      await close();
    }
  });

  for (const [locale, first] of [
    ['en-GB', picture()],
    ['fr-FR', picture()],
    ['fr-FR', hostile()],
  ] as const)
    test(`fits 360 px (${locale}, ${first.systems.length} systems)`, async () => {
      const { page, close } = await sight.visit({ first, locale, width: 360 });
      await page.locator('.board h2').first().waitFor();
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(wider), 0);
      const table = page.getByRole('table', { name: /^Instances/ }).first();
      assert.ok((await table.getByRole('cell').count()) > 0, 'cards are a table for screen readers');
      await close();
    });

  test('names and messages from elsewhere are text and nothing else', async () => {
    const { page, close } = await sight.visit({ first: hostile() });
    await page.getByRole('heading', { level: 2, name: '<img src=x onerror=alert(1)>' }).waitFor();
    assert.equal(await page.locator('img, iframe, script:not([src]), a[href^="javascript"]').count(), 0);
    await page.getByText('<script>alert(2)</script>').first().waitFor();
    const text = await page.locator('body').innerText();
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u001b]/);
    await close();
  });

  test('the log has what happens, newest first, and of one system when asked', async () => {
    const events = [
      event(1, { message: 'started (pid 1)' }),
      event(2, { system: 'tasks', instance: 'tasks-1' }),
    ];
    const { page, server, close } = await sight.visit({ first: picture({ events }) });
    const lines = page.getByRole('list', { name: 'Log' }).getByRole('listitem');
    await lines.nth(1).waitFor();
    server.tell(event(3, { message: 'was ended by SIGKILL' }));
    await page.getByText('was ended by SIGKILL').first().waitFor();
    assert.match(await lines.first().innerText(), /SIGKILL/);
    await page.getByLabel('Show').selectOption('tasks');
    assert.equal(await lines.count(), 1);
    assert.match(await lines.first().innerText(), /tasks-1/);
    await close();
  });

  test('a burst of events is one sentence for a screen reader', async () => {
    const { page, server, close } = await sight.visit({ first: picture() });
    await page.locator('.board h2').waitFor();
    await page.evaluate(
      "window.said = []; new MutationObserver(() => said.push(document.querySelector('[role=status]').textContent)).observe(document.querySelector('[role=status]'), { childList: true })",
    );
    for (let id = 1; id <= 50; id++) server.tell(event(id, { message: `number ${id}` }));
    await page.getByRole('status').getByText('49 new events').waitFor();
    assert.deepEqual(await page.evaluate('said'), [
      '1 new event. Last: number 1',
      '49 new events. Last: number 50',
    ]);
    await close();
  });

  test('stays usable with a hundred instances and two hundred events', async () => {
    const instances = Array.from({ length: 100 }, (_, index) => instance(`hello-web-${index}`));
    const events = Array.from({ length: 200 }, (_, index) => event(index + 1));
    const first = picture({ systems: [hello({ instances })], events });
    const { page, close } = await sight.visit({ first });
    const fold = page.getByText('100 instances');
    await fold.waitFor();
    assert.equal(await page.getByRole('table', { name: 'Instances of web' }).count(), 0);
    await fold.click();
    await page.getByRole('table', { name: 'Instances of web' }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Instances of web' }).getByRole('row').count(), 101);
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    assert.ok(height < 2000, `the page is ${height} px high`);
    await close();
  });

  test('says plainly what this host can not do', async () => {
    const user = 'the same user as Escale: trusted code only (Escale does not run as root)';
    const away = { connected: false, pid: null, problem: 'port 8080 is held by nginx (pid 4711)' };
    const first = picture({ host: host({ capabilities: { user }, gateway: away }) });
    const { page, close } = await sight.visit({ first });
    await page.getByText('Trusted code only', { exact: true }).waitFor();
    await page.getByText('The gateway is away: no request gets in.').waitFor();
    await page.getByText('port 8080 is held by nginx (pid 4711)').waitFor();
    await close();
  });

  test('says what to type when nothing is delivered yet', async () => {
    const { page, close } = await sight.visit({ first: picture({ systems: [] }) });
    await page.getByRole('heading', { name: 'Nothing is delivered here yet' }).waitFor();
    assert.match(await page.getByRole('main').innerText(), /escale init[\s\S]*escale up/);
    await close();
  });
});

function hostile(): Overview {
  const script = '<script>alert(2)</script>';
  const long = `${'very-long-'.repeat(20)}\u202Egnp.exe`;
  const web = service(long, {
    addresses: ['javascript:alert(3)', `http://${'a'.repeat(60)}.localhost:8080/${'b'.repeat(80)}`],
    instances: [instance(`${long}-1`, { state: 'unready', reason: script })],
    lastFailure: { instance: long, reason: `\u001b[31m${script}`, at: Date.now() },
  });
  const evil = system('<img src=x onerror=alert(1)>', { folder: `/${long}/${long}`, services: [web] });
  return picture({ systems: [evil, hello()], events: [event(1, { message: script, instance: long })] });
}
