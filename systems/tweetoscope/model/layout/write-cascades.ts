import type { Cascade } from '../cascade.ts';

/** The data file's text in pieces, one for each cascade: `time,magnitude`, an unknown mark is left empty. */
export function* dataText(cascades: Iterable<Cascade>): Generator<string> {
  yield 'time,magnitude\n';
  for (const { times, marks } of cascades) {
    let text = '';
    for (let i = 0; i < times.length; i++) {
      text += `${times[i]},${marks[i]! >= 0 ? marks[i] : ''}\n`;
    }
    yield text;
  }
}

/** The index file's text: 1-based inclusive row numbers. */
export function* indexText(cascades: Iterable<Cascade>): Generator<string> {
  yield 'start_ind,end_ind\n';
  let row = 0;
  for (const { times } of cascades) {
    yield `${row + 1},${row + times.length}\n`;
    row += times.length;
  }
}
