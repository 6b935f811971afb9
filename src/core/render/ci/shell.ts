/** A word as a POSIX shell reads it back: CI systems give their scripts to one. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** A pattern of files whose `*` stay what they are, everything else quoted. */
export function quotePattern(pattern: string): string {
  return pattern
    .split(/(\*+)/)
    .map((part) => (part.startsWith('*') || part === '' ? part : quoteWord(part)))
    .join('');
}
