export interface Place {
  system: string;
  environment: string;
}

/** What is known after the state was lost: that instances run, and not what is wanted of them. */
export interface LostState {
  /** Places with instances of which nobody has said yet what is wanted there. */
  unsaid: Place[];
  /** Until then the gateway goes on by its last table, ms since 1970; null: nobody has said anything yet. */
  until: number | null;
}

/** Whoever says what is wanted at one place says it of all that it knows, well within this time, ms. */
const WORDS_MS = 10_000;

/** Null when nothing runs, so that nothing can be lost any more. */
export function lostWith(running: Place[]): LostState | null {
  const unsaid = running
    .map(({ system, environment }) => ({ system, environment }))
    .filter((place, index, all) => all.findIndex((other) => isSame(place, other)) === index);
  return unsaid.length === 0 ? null : { unsaid, until: null };
}

/** After it was said what is wanted at a place; null when that was the last one. */
export function afterWord(lost: LostState | null, place: Place, now: number): LostState | null {
  const unsaid = lost?.unsaid.filter((other) => !isSame(place, other)) ?? [];
  return unsaid.length === 0 ? null : { unsaid, until: lost!.until ?? now + WORDS_MS };
}

/** Whether deciding would be guessing: nothing is started, stopped or routed anew. */
export function isHolding(lost: LostState | null, now: number): boolean {
  return lost !== null && (lost.until === null || now < lost.until);
}

export function isUnsaid(lost: LostState | null, place: Place): boolean {
  return lost?.unsaid.some((other) => isSame(place, other)) ?? false;
}

function isSame(a: Place, b: Place): boolean {
  return a.system === b.system && a.environment === b.environment;
}
