/**
 * What the server says, and how that is said in French: of the parts that the pattern finds, and with `french` for a part
 * that is a sentence itself. Null where it is not known after all.
 */
export type Rule = [
  pattern: RegExp,
  say: (parts: string[], french: (text: string) => string | null) => string | null,
];
