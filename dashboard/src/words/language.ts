export type Language = 'en' | 'fr';

/** The first of the reader's languages that there is a catalogue for; and their own form of it for dates and numbers. */
export function pickLanguage(wanted: readonly string[]): { language: Language; locale: string } {
  for (const tag of wanted) {
    const [base = ''] = tag.toLowerCase().split('-');
    if ((base === 'en' || base === 'fr') && isLocale(tag)) return { language: base, locale: tag };
  }
  return { language: 'en', locale: 'en' };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}
