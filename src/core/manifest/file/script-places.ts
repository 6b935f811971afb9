import type { Path, Places } from '../mistakes.ts';

/**
 * Lines of a TypeScript file, found by looking for each key of a path after the one above it. A best effort: the
 * line of the nearest key above, or null, where a key is computed, imported or otherwise not written.
 */
export function scriptPlaces(text: string, file: string): Places {
  return { file, lineOf: (path) => lineOf(text, path) };
}

function lineOf(text: string, path: Path): number | null {
  let offset = Math.max(0, text.search(/defineSystem\s*\(|export\s+default/));
  let line: number | null = null;
  for (const key of path.filter((each) => !/^\d+$/.test(each))) {
    const found = offsetOf(text, key, offset);
    if (found === null) return line;
    offset = found;
    line = text.slice(0, offset).split('\n').length;
  }
  return line;
}

function offsetOf(text: string, key: string, from: number): number | null {
  const escaped = key.slice(0, 300).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`(?<![\\w$'"\`-])(?:${escaped}|(['"\`])${escaped}\\1)\\s*[:,}(]`, 'g');
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? null;
}
