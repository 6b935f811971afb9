/** The parameters of a URL; one written twice is a list. */
export type Parameters = Record<string, string | string[] | undefined>;

/** The words of a list parameter: `a,b` or written several times. */
export function wordsOf(value: string | string[] | undefined): string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter(Boolean);
}
