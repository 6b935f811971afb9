import type { en } from './en.ts';

/** A sentence with `{names}` to fill in, or one for each plural category of the language, chosen by `{count}`. */
export type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Word = keyof typeof en;
export type Catalogue = Record<Word, Entry>;
export type Values = Record<string, string | number>;
export type Translate = (word: Word, values?: Values) => string;

/** The sentence of an entry; numbers are written as the locale does. */
export function fill(entry: Entry, values: Values, locale: string): string {
  return formOf(entry, values, locale).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : (value ?? `{${name}}`);
  });
}

function formOf(entry: Entry, values: Values, locale: string): string {
  if (typeof entry === 'string') return entry;
  const category = new Intl.PluralRules(locale).select(Number(values.count ?? 0));
  return entry[category] ?? entry.other ?? '';
}
