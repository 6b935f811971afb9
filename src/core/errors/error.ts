import type { CatalogueEntry, ErrorCode } from './catalogue.ts';
import { CATALOGUE } from './catalogue.ts';

/** What an `EscaleError` may say beside its code and message. */
export interface ErrorFacts {
  /** Where: `escale.yaml:12`, `services.web`, a folder. */
  place?: string;
  /** The next step, when it is better known here than in the catalogue. */
  next?: string;
  cause?: unknown;
  /** More for machines, plain JSON: told beside code and message. */
  details?: object;
}

/** Something a person can understand and mend. Bugs stay plain `Error`. */
export class EscaleError extends Error {
  override readonly name = 'EscaleError';
  readonly code: ErrorCode;
  readonly place: string | null;
  readonly next: string;
  readonly details: object;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.code = code;
    this.place = facts.place ?? null;
    this.next = facts.next ?? this.entry.next;
    this.details = facts.details ?? {};
  }

  get entry(): CatalogueEntry {
    return CATALOGUE[this.code];
  }

  /** What the command line exits with. */
  get exitCode(): number {
    return this.entry.exitCode;
  }

  /** The shape that `--json` and the API answer with. */
  toJSON(): { code: string; message: string; place: string | null; next: string } {
    return { ...this.details, code: this.code, message: this.message, place: this.place, next: this.next };
  }
}

/** The error that the last line of a process's words is, as JSON; null: it said something else. */
export function errorSaid(words: string): EscaleError | null {
  try {
    const { code, message, next, place } = JSON.parse(words.trim().split('\n').at(-1)!) as Record<
      string,
      string
    >;
    if (!Object.hasOwn(CATALOGUE, code!)) return null;
    return new EscaleError(code as ErrorCode, message!, { next: next!, ...(place && { place }) });
  } catch {
    return null;
  }
}

/** Whether it only says that somebody does not answer now: asking again later may help. */
export function isAway(error: unknown): error is EscaleError {
  return error instanceof EscaleError && AWAY.includes(error.code);
}

const AWAY: ErrorCode[] = ['process-away', 'target-away', 'cluster-away'];

/** Whether it says that there is no room left on a disk. */
export function isDiskFull(error: unknown): error is EscaleError {
  return error instanceof EscaleError && error.code === 'disk-full';
}
