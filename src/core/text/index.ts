/** Makes control sequences visible instead of obeyed: what others wrote must not move the reader's cursor. */
export function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n]|\p{Bidi_Control}|\p{Zl}|\p{Zp}/gu, (character) =>
    character === '\x1b' ? '␛' : `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`,
  );
}

/** `850 ms`, `2.3 s`, `4 min`, `3 h`, `2 d`: the smallest unit that does not round up to the next one. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) < 600) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  if (Math.round(ms / 60_000) < 60) return `${Math.round(ms / 60_000)} min`;
  if (Math.round(ms / 3_600_000) < 24) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}
