import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NO_BROWSER, Sight } from './dashboard/browser.ts';
import { hello, picture } from './dashboard/pictures.ts';

const sight = new Sight();

describe('the live page and its connection', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('a cut stream is said, and mended without anyone doing anything', async () => {
    const { page, server, close } = await sight.visit({ first: picture(), expect: /ERR_|503/ });
    await page.getByText('Live', { exact: true }).waitFor();
    server.refusal = 503;
    server.cutStreams();
    await page.getByText('Connection to Escale lost.').waitFor();
    await page.getByRole('banner').getByText('Not live').waitFor();
    await page.getByRole('heading', { level: 2, name: 'hello' }).waitFor();
    server.refusal = null;
    server.show(picture({ systems: [hello({ requests: 99_999 })] }));
    await page.getByText('99,999').waitFor();
    assert.equal(await page.getByText('Connection to Escale lost.').count(), 0);
    await page.getByRole('status').getByText('Connected again.').waitFor();
    assert.ok(server.calls >= 2);
    await close();
  });

  test('a server that went away and came back on its port is found again', async () => {
    const { page, server, close } = await sight.visit({ first: picture(), expect: /ERR_/ });
    await page.getByText('Live', { exact: true }).waitFor();
    const port = Number(new URL(page.url()).port);
    await server.close();
    await page.getByText('Connection to Escale lost.').waitFor();
    await server.listen(port);
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
    await close();
  });

  test('until the first picture the shape of what is to come is shown', async () => {
    const prepare = (server: { refusal: number | null }) => {
      server.refusal = 503;
    };
    const { page, server, close } = await sight.visit({ first: picture(), prepare, expect: /503/ });
    await page.getByText('Asking what runs here…').waitFor({ state: 'attached' });
    server.refusal = null;
    await page.getByRole('heading', { level: 2, name: 'hello' }).waitFor();
    await close();
  });

  test('who is signed out is told how to sign in, and goes on once signed in', async () => {
    const prepare = (server: { refusal: number | null }) => {
      server.refusal = 401;
    };
    const { page, server, close } = await sight.visit({ first: picture(), prepare, expect: /401/ });
    await page.getByText('You are signed out.').waitFor();
    await page.getByText('escale open').waitFor();
    server.refusal = null;
    await page.getByRole('heading', { level: 2, name: 'hello' }).waitFor({ timeout: 15_000 });
    assert.equal(await page.getByText('You are signed out.').count(), 0);
    await close();
  });
});
