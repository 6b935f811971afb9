import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { connectSources, weatherHost } from './addresses.ts';
import { startServer } from './testing/instance.ts';
import { words } from './words.ts';

/** Where a page is that is tested instead of one of the test's own. */
const delivered = process.env.TASKS_URL;
const skip = delivered && 'the page of TASKS_URL is tested: this one needs a server with other settings';

const web = delivered ? { url: delivered } : await startServer({ after });

test('the page is in the language asked for', async () => {
  const ask = async (language: string) => {
    const response = await fetch(web.url, { headers: { 'accept-language': language } });
    return { text: await response.text(), headers: response.headers };
  };
  const french = await ask('fr-CH, en;q=0.5');
  assert.equal(french.headers.get('content-language'), 'fr');
  assert.match(french.text, /<html lang="fr">[\s\S]*placeholder="Que faut-il faire \?"/);
  const english = await ask('de');
  assert.equal(english.headers.get('content-language'), 'en');
  assert.match(english.text, /placeholder="What needs to be done\?"/);
  assert.equal(english.headers.get('vary'), 'Accept-Language');
});

test('both languages have every word, and hardly one is the same in both', () => {
  assert.deepEqual(Object.keys(words.fr), Object.keys(words.en));
  const same = Object.entries(words.en).filter(
    ([key, word]) => word === words.fr[key as keyof typeof words.fr],
  );
  assert.deepEqual(same, []);
});

test('assets have a tag, and are not sent again', async () => {
  const first = await fetch(`${web.url}/page/main.js`);
  assert.equal(first.headers.get('content-type'), 'text/javascript; charset=utf-8');
  const tag = first.headers.get('etag')!;
  const again = await fetch(`${web.url}/page/main.js`, { headers: { 'if-none-match': tag } });
  assert.equal(again.status, 304);
  for (const path of ['/page/tsconfig.json', '/page/../server.ts', '/page/%2e%2e/server.ts', '/nothing'])
    assert.equal((await fetch(web.url + path)).status, 404);
});

test('the page may connect to its two services, and to nothing else', { skip }, async () => {
  const { url } = await startServer(
    { after },
    { PUBLIC_API_URL: 'http://api.example:1/v1', PUBLIC_WEATHER_URL: '//weather.example' },
  );
  const policy = (await fetch(url)).headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none';/);
  assert.match(policy, /connect-src 'self' http:\/\/api\.example:1 weather\.example;/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(connectSources({ api: '/api', weather: '//a; script-src *' }), 'a');
});

test("the weather's host is beside the page's own", () => {
  assert.equal(weatherHost('tasks.localhost:8080'), 'weather.localhost:8080');
  assert.equal(weatherHost('staging.tasks.example.org'), 'staging.weather.example.org');
  assert.equal(weatherHost('example.org'), 'weather.example.org');
  assert.equal(weatherHost('"><script>'), 'weather.localhost');
});

test('the first to-dos are in the page, as data; without an API, or with one that hangs, it comes without', {
  skip,
}, async (t) => {
  let hangs = false;
  const api = createServer((request, response) => {
    if (!hangs)
      response.end(JSON.stringify([{ id: 1, title: `</script> of ${request.url}`, completed: false }]));
  }).listen(0, '127.0.0.1');
  t.after(() => {
    api.closeAllConnections();
    api.close();
  });
  await once(api, 'listening');
  const { url } = await startServer(t, {
    API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  });
  const configOf = async (path: string) => {
    const text = await (await fetch(url + path)).text();
    return JSON.parse(/id="config">(.*)<\/script>/.exec(text)![1]!) as { todos: { title: string }[] | null };
  };
  assert.equal((await configOf('/')).todos?.[0]?.title, '</script> of /todos');
  assert.equal((await configOf('/?list=a/b')).todos?.[0]?.title, '</script> of /l/a%2Fb/todos');
  hangs = true;
  assert.equal((await configOf('/')).todos, null);
});
