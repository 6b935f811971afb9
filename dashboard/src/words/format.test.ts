import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, duration, percent, rate, until } from './format.ts';
import { inert, isWebAddress } from './inert.ts';
import { pickLanguage } from './language.ts';
import { serverText } from './server-text.ts';

/** Without the kinds of spaces that numbers are written with. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('times are as long as they are worth', () => {
  const cases: [number, string][] = [
    [412, '412ms'],
    [1840, '1.8s'],
    [42_300, '42s'],
    [125_000, '2m 5s'],
    [10_800_000, '3h'],
    [93_600_000, '1d 2h'],
  ];
  for (const [ms, text] of cases) assert.equal(duration(ms, 'en'), text);
  assert.equal(plain(duration(1840, 'fr')), '1,8s');
});

test('the past is told in words, never in the future', () => {
  assert.equal(ago(0, 240_000, 'en'), '4 min. ago');
  assert.equal(plain(ago(0, 240_000, 'fr')), 'il y a 4 min');
  assert.equal(ago(1000, 0, 'en'), 'now');
});

test('the future is told in words, never in the past', () => {
  assert.equal(until(10_800_000, 0, 'en'), 'in 3 hr.');
  assert.equal(plain(until(93_600_000, 0, 'fr')), 'dans 1 j');
  assert.equal(until(0, 5000, 'en'), 'now');
});

test('sizes, shares and rates', () => {
  assert.equal(bytes(58_300_000, 'en'), '58 MB');
  assert.equal(plain(bytes(1_250_000_000, 'fr')), '1,3 Go');
  assert.equal(percent(1.5, 'en'), '150%');
  assert.equal(percent(0.034, 'en'), '3.4%');
  assert.deepEqual([rate(3.149, 'en'), rate(1234.5, 'en')], ['3.1', '1,235']);
});

test('the first language that is known decides, in the reader’s own form', () => {
  assert.deepEqual(pickLanguage(['de', 'fr-CA', 'en']), { language: 'fr', locale: 'fr-CA' });
  assert.deepEqual(pickLanguage(['en-GB', 'fr']), { language: 'en', locale: 'en-GB' });
  assert.deepEqual(pickLanguage(['ja']), { language: 'en', locale: 'en' });
  assert.deepEqual(pickLanguage([]), { language: 'en', locale: 'en' });
  assert.deepEqual(pickLanguage(['en-!!', 'fr']), { language: 'fr', locale: 'fr' });
});

test('marks that turn the direction of writing, and control characters, have no power', () => {
  assert.equal(inert('a\u202egpj.exe\u2066b'), 'a\ufffdgpj.exe\ufffdb');
  assert.equal(inert('\u001b[31mred\n'), '␛[31mred␊');
  assert.equal(inert('déjà <b>vu</b> שלום'), 'déjà <b>vu</b> שלום');
});

test('only addresses of the web become links', () => {
  assert.ok(isWebAddress('http://hello.localhost:8080/'));
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'hello', ''])
    assert.ok(!isWebAddress(address));
});

test('what the server says often is said in French; the rest stays, marked as not known', () => {
  const french = (message: string) => plain(serverText(message, 'fr').text);
  assert.equal(french('ready after 1412 ms'), 'prête après 1 412 ms');
  assert.equal(
    french(
      'release 8 was not taken: tasks-api-h77s: was not ready within 20 s: GET /readyz answered 503; release 7 runs on',
    ),
    'la version 8 n’a pas été adoptée : tasks-api-h77s : pas prête en 20 s : GET /readyz a répondu 503 ; la version 7 continue de tourner',
  );
  assert.deepEqual(serverText('never heard of', 'fr'), { text: 'never heard of', known: false });
  assert.deepEqual(serverText('ready again', 'en'), { text: 'ready again', known: true });
});
