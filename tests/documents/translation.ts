import { codeSpans, type Page, relativeLinks } from './markdown.ts';

/** What a page and its translation must have in common, from one heading to the next. */
export interface Section {
  /** Of the heading: `##`. */
  level: string;
  codes: string[];
  links: string[];
  /** As English writes them, without separators of thousands. */
  numbers: string[];
}

/** How numbers are written: the mark before decimals, and what parts thousands. */
const WRITTEN = {
  en: /\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?/g,
  fr: /\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?/g,
};

/** The sections of a page; each list is sorted, since languages order words differently. */
export function sectionsOf(page: Page, language: keyof typeof WRITTEN): Section[] {
  return page.prose
    .split(/^(?=#+ )/m)
    .filter((text) => text.startsWith('#'))
    .map((text) => {
      const section = { ...page, prose: text };
      return {
        level: /^#+/.exec(text)![0],
        codes: codeSpans(section).sort(),
        links: relativeLinks(section)
          .filter((link) => !/^README(\.fr)?\.md$/.test(link))
          .sort(),
        numbers: numbersOf(text, language),
      };
    });
}

function numbersOf(text: string, language: keyof typeof WRITTEN): string[] {
  const words = text.replaceAll(/`[^`\n]+`|\]\([^)]+\)|<[^>]+>/g, '');
  const found = [...words.matchAll(WRITTEN[language])].map(([number]) => number);
  const plain = {
    en: (number: string) => number.replaceAll(',', ''),
    fr: (number: string) => number.replaceAll(/[ \u00a0\u202f]/g, '').replace(',', '.'),
  };
  return found.map(plain[language]).sort();
}
