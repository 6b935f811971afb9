/** The longest that any condition of these tests may take, ms: the machine is shared. */
export const PATIENCE_MS = 30_000;
const LOOK_MS = 25;

/** Looks again and again until `look` gives something; throws with `what` and the last error when it never does. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const until = Date.now() + patienceMs;
  let problem: unknown = null;
  while (Date.now() < until) {
    try {
      const found = await look();
      if (found) return found;
      problem = null;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`, { cause: problem });
}
