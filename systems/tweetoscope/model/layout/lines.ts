import { LayoutError, shown } from './layout-error.ts';

/** A text in pieces of any size, as a file stream or a decompressor gives them. */
export type Chunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** Characters after which a line without an end is no line of a cascade's file. */
const LONGEST = 1_000_000;

/**
 * The lines of a text, without their ends (\n or \r\n) and without a byte order mark; O(longest line) memory. Throws
 * LayoutError, which names the `file`, where no line ends within a million characters.
 */
export async function* linesOf(chunks: Chunks, file = 'file'): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 1;
  for await (const chunk of chunks) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield trimmed(rest, start, end);
      start = end + 1;
      line++;
    }
    rest = rest.slice(start);
    if (rest.length > LONGEST) {
      throw new LayoutError(
        file,
        line,
        `expected lines of at most ${LONGEST} characters, got ${shown(rest)}`,
      );
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield trimmed(rest, 0, rest.length);
}

function trimmed(text: string, start: number, end: number): string {
  const from = text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  return text.slice(from, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}
