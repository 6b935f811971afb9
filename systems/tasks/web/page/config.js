/**
 * What the web server wrote into the page.
 * @typedef {object} Config
 * @property {string} language
 * @property {string} api
 * @property {string} weather
 * @property {unknown[] | null} todos
 * @property {import('../words.ts').Words} words
 */

/** @type {Config} */
export const config = JSON.parse(document.getElementById('config')?.textContent ?? '{}');

/** The list that the page shows: `?list=` names one, without it is the one without a name. */
export const list = new URLSearchParams(location.search).get('list') ?? '';

/**
 * The word's form for a number: French counts 0 as one, English as many.
 * @param {{ one: string, other: string }} forms
 * @param {number} count
 */
export function counted(forms, count) {
  return new Intl.PluralRules(config.language).select(count) === 'one' ? forms.one : forms.other;
}
