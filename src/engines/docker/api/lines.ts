import type { Readable } from 'node:stream';

/** One JSON object after the other, as they come: events, the progress of a load. */
export async function* lines<Line>(stream: Readable): AsyncGenerator<Line> {
  let rest = '';
  for await (const piece of stream.setEncoding('utf8') as AsyncIterable<string>) {
    rest += piece;
    const ends = rest.split('\n');
    rest = ends.pop()!;
    for (const line of ends) if (line.trim() !== '') yield JSON.parse(line) as Line;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as Line;
}
