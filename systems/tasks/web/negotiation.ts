/** Languages the page is written in. */
export type Language = 'en' | 'fr';

/** Whether a client asks for HTML by name, as browsers do, and not less than for plain text. `*`/`*` is no such wish. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const wishes = parseWishes(accept);
  const html = wishes.get('text/html') ?? 0;
  return html > 0 && html >= (wishes.get('text/plain') ?? 0);
}

/** The page's language for an `Accept-Language` header; English where it wants neither. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const [range, weight] of parseWishes(acceptLanguage ?? '')) {
    const primary = range.split('-')[0];
    if ((primary === 'en' || primary === 'fr') && weight > bestWeight) {
      best = primary;
      bestWeight = weight;
    }
  }
  return best;
}

/** `a, b;q=0.5` as the weight of each name, lower case, in the order written. */
function parseWishes(header: string): Map<string, number> {
  const wishes = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const value = weight === undefined ? 1 : Number(weight.slice(2));
    if (name !== '' && !wishes.has(name)) wishes.set(name, value >= 0 && value <= 1 ? value : 0);
  }
  return wishes;
}
