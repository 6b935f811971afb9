/** A service as it was recognised in a folder. */
export interface Guess {
  /** `web`, `worker`, or null: named after its folder. */
  name: string | null;
  /** Relative to the system's folder. */
  source: string;
  /** What was recognised, for people: `Node (package.json, scripts.start)`. */
  what: string;
  /** As it is written into the file; null: its files are served. */
  command: string | string[] | null;
  port: boolean;
  env: Record<string, string>;
  /** Path of a probe that its code seems to answer; null: none seen. */
  ready: string | null;
  /** What its author should know, one sentence each. */
  notes: string[];
}

/** Why a folder that looks like something is no service yet: `It is built first (Vite) …`. */
export interface NotYet {
  notYet: string;
}

/** A guess with nothing special about it. */
export function plainGuess(guess: Pick<Guess, 'source' | 'what' | 'command'> & Partial<Guess>): Guess {
  return { name: null, port: true, env: {}, ready: null, notes: [], ...guess };
}

const PROBES = ['/readyz', '/healthz', '/health', '/ready', '/livez'];

/** A probe's path that stands as a text in code. */
export function probeIn(code: string): string | null {
  return PROBES.find((path) => ["'", '"', '`'].some((quote) => code.includes(quote + path + quote))) ?? null;
}
