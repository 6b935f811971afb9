import type { Mistake } from './model.ts';

/** Mistakes for a terminal, grouped by file: `file:line  path: message`, the hint below. Ends without a line break. */
export function formatMistakes(mistakes: readonly Mistake[], { color }: { color: boolean }): string {
  const paint = color ? COLORS : PLAIN;
  return mistakes.map((mistake) => formatMistake(mistake, paint)).join('\n');
}

function formatMistake(mistake: Mistake, paint: typeof COLORS): string {
  const place = printable(mistake.line === null ? mistake.file : `${mistake.file}:${mistake.line}`);
  const path = mistake.path === '' ? '' : `${paint.strong(printable(mistake.path))}: `;
  const hint = mistake.hint === null ? '' : `\n    ${paint.faint(printable(mistake.hint))}`;
  return `${paint.place(place)}  ${path}${printable(mistake.message)}${hint}`;
}

const COLORS = {
  place: (text: string) => `\u001b[36m${text}\u001b[39m`,
  strong: (text: string) => `\u001b[1m${text}\u001b[22m`,
  faint: (text: string) => `\u001b[2m${text}\u001b[22m`,
};

const same = (text: string) => text;
const PLAIN: typeof COLORS = { place: same, strong: same, faint: same };

/** Text of others made safe to show: control, bidirectional and invisible characters are written as `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (letter) => {
    return `\\u${letter.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}
