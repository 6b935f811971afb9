import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredLanguage, prefersHtml } from './negotiation.ts';

test('HTML is for those who name it', () => {
  assert.equal(prefersHtml('text/html,application/xhtml+xml,*/*;q=0.8'), true);
  assert.equal(prefersHtml('TEXT/HTML; q=0.5'), true);
  for (const accept of [
    undefined,
    '',
    '*/*',
    'text/*',
    'text/html;q=0',
    'text/html;q=x',
    'text/plain, text/html;q=0.9',
  ])
    assert.equal(prefersHtml(accept), false, String(accept));
});

test('the language is the best loved of the two', () => {
  assert.equal(preferredLanguage('fr-CH, fr;q=0.9, en;q=0.8'), 'fr');
  assert.equal(preferredLanguage('de, en;q=0.4, fr;q=0.6'), 'fr');
  assert.equal(preferredLanguage('en-GB,en,fr;q=0.9'), 'en');
  assert.equal(preferredLanguage('fr;q=0'), 'en');
  assert.equal(preferredLanguage('de'), 'en');
  assert.equal(preferredLanguage(undefined), 'en');
});
