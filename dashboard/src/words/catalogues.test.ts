import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { type Catalogue, type Entry, fill, type Word } from './translate.ts';

const catalogues: Record<string, Catalogue> = { en, fr };

test('all catalogues have the same keys in the same order', () => {
  assert.deepEqual(Object.keys(fr), Object.keys(en));
});

for (const [language, catalogue] of Object.entries(catalogues)) {
  test(`${language}: each entry has the names of the English one, in each of its forms`, () => {
    for (const word of Object.keys(en) as Word[])
      for (const form of formsOf(catalogue[word]))
        assert.deepEqual(namesIn(form), namesIn(formsOf(en[word]).at(-1)!), word);
  });

  test(`${language}: each plural has exactly the categories of the language`, () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const [word, entry] of Object.entries(catalogue))
      if (typeof entry !== 'string') assert.deepEqual(Object.keys(entry).toSorted(), categories, word);
  });
}

test('French writes its spaces before : ; ? ! and its own quotation marks and apostrophes', () => {
  for (const [word, entry] of Object.entries(fr))
    for (const form of formsOf(entry)) assert.doesNotMatch(form, /['"]|[^\s\d][;?!]|[a-zé}]:/, word);
});

test('plurals follow the language: 0 is plural in English, singular in French', () => {
  const say = (language: 'en' | 'fr', count: number) =>
    fill(catalogues[language]!['instances.show'], { count }, language);
  assert.deepEqual(
    [0, 1, 2].map((count) => say('en', count)),
    ['0 instances', '1 instance', '2 instances'],
  );
  assert.deepEqual(
    [0, 1, 2].map((count) => say('fr', count)),
    ['0 instance', '1 instance', '2 instances'],
  );
});

test('a value that looks like a name to fill in stays as it is', () => {
  assert.equal(fill('Kill {instance}', { instance: '{count}', count: 3 }, 'en'), 'Kill {count}');
});

function formsOf(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry);
}

function namesIn(form: string): string[] {
  return [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();
}
