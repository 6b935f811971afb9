/** A `source` made plain (`./web/` → `web`, `.` stays), or what is wrong with it. */
export type ParsedSource = { source: string } | { problem: string; hint: string };

/** Reads a written folder; whether it exists and where its links lead is the loader's to check. */
export function parseSource(text: string): ParsedSource {
  const inside = 'A source is a folder below the file, such as ./web.';
  if (text.trim() === '') return { problem: 'is empty', hint: inside };
  if (text.includes('\\')) return { problem: 'has a backslash', hint: 'Write / between folders.' };
  if (/^[a-z]+:\/\//i.test(text)) return { problem: 'is an address, not a folder', hint: inside };
  if (text.startsWith('/') || /^[A-Za-z]:/.test(text))
    return { problem: 'is an absolute path', hint: inside };
  if (text.startsWith('~')) return { problem: 'begins with ~', hint: inside };
  const parts = normalise(text);
  return parts
    ? { source: parts.join('/') || '.' }
    : { problem: 'leaves the folder of the file', hint: inside };
}

function normalise(text: string): string[] | null {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts;
}
