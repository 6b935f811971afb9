/** What a registry wants to see before it answers: `WWW-Authenticate` (RFC 9110 §11.6.1, the distribution's token flow). */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string | null; scope: string | null };

/** The first challenge that Escale can answer; null where there is none. */
export function parseChallenge(header: string): Challenge | null {
  const starts = [...header.matchAll(/(?:^|,)\s*(Basic|Bearer)(?=\s|$|,)/gi)];
  for (const [index, start] of starts.entries()) {
    const scheme = start[1]!.toLowerCase();
    const from = start.index + start[0].length;
    const words = parameters(header.slice(from, starts[index + 1]?.index));
    if (scheme === 'basic') return { scheme };
    if (words.realm !== undefined)
      return {
        scheme: 'bearer',
        realm: words.realm,
        service: words.service ?? null,
        scope: words.scope ?? null,
      };
  }
  return null;
}

function parameters(text: string): Record<string, string> {
  const found = text.matchAll(/([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return Object.fromEntries(
    [...found].map(([, name, quoted, bare]) => [
      name!.toLowerCase(),
      bare ?? quoted!.replaceAll(/\\(.)/g, '$1'),
    ]),
  );
}
