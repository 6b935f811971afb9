/** The oldest API that has what is used here: Docker 20.10's. */
export const OLDEST = '1.41';
/** The newest API whose answers are known here. */
export const NEWEST = '1.52';

/** The version to speak with an engine that knows `oldest` to `newest`; null: there is none that both know. */
export function commonVersion(oldest: string, newest: string): string | null {
  const version = isLower(newest, NEWEST) ? newest : NEWEST;
  return isLower(version, OLDEST) || isLower(version, oldest) ? null : version;
}

function isLower(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA !== majorB ? majorA < majorB : minorA < minorB;
}
