/** Something a person can mend: a permanent code, what happened, where, and the next step. */
export class EscaleError extends Error {
  readonly code: string;
  readonly place: string | null;
  readonly next: string | null;
  /** Anything a machine may want to know besides, as plain JSON. */
  readonly details: unknown;

  constructor(what: {
    code: string;
    message: string;
    place?: string | null;
    next?: string | null;
    details?: unknown;
  }) {
    super(what.message);
    this.name = 'EscaleError';
    this.code = what.code;
    this.place = what.place ?? null;
    this.next = what.next ?? null;
    this.details = what.details ?? null;
  }
}
