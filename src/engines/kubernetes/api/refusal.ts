import { EscaleError } from '../../../core/errors/index.ts';

/** A field that somebody else holds. */
export interface Conflict {
  /** Who: `kubectl-edit`. */
  manager: string;
  /** `.spec.replicas`. */
  field: string;
}

/** The API’s word for what it did not do. */
export interface ApiStatus {
  code?: number;
  /** `Success`, `Failure`. */
  status?: string;
  /** One word for machines: `NotFound`. */
  reason?: string;
  message?: string;
  details?: {
    causes?: { reason?: string; message?: string; field?: string }[];
    retryAfterSeconds?: number;
  };
}

/** The status that a text is; one that is none is its message. */
export function statusIn(text: string): ApiStatus {
  try {
    return JSON.parse(text) as ApiStatus;
  } catch {
    return { message: text.trim().slice(0, 500) };
  }
}

/** What the API answered where it did not do what was asked. */
export class ClusterRefusal extends EscaleError {
  readonly status: number;
  readonly reason: string;
  readonly conflicts: Conflict[];

  constructor(status: number, { reason = '', message = '', details = {} }: ApiStatus, what: string) {
    const conflicts = (details.causes ?? []).flatMap(conflictOf);
    const text = message || reason || `answer ${status}`;
    super(
      conflicts.length > 0 ? 'cluster-conflict' : 'cluster-refused',
      `${what}: ${conflicts.length > 0 ? heldBy(conflicts) : text}`,
      { details: { status, reason, ...(conflicts.length > 0 && { conflicts }) } },
    );
    this.status = status;
    this.reason = reason;
    this.conflicts = conflicts;
  }
}

export function isRefusal(error: unknown, status: number): error is ClusterRefusal {
  return error instanceof ClusterRefusal && error.status === status;
}

/** An answer that is none of what was asked for, as an error. `what` was asked for: `apply Deployment web`. */
export function refusalOf(
  status: number,
  said: ApiStatus,
  { what, method }: { what: string; method: string },
): EscaleError {
  const text = said.message || said.reason || `answer ${status}`;
  if (status === 401)
    return new EscaleError('cluster-forbidden', `${what}: the cluster does not know who Escale is (${text})`);
  if (status === 403 && said.reason === 'Forbidden' && !isRule(text))
    return new EscaleError('cluster-forbidden', `${what}: ${text}`);
  // Overloaded, or on its way up or down: asking again later helps.
  if (status === 429 || status === 502 || status === 503 || status === 504 || isBrokenInside(status, said))
    return new EscaleError('cluster-away', `${what}: ${text}`);
  // Who only wants to look can do nothing about it: it is not there to be looked at.
  if (status >= 500 && method === 'GET') return new EscaleError('cluster-away', `${what}: ${text}`);
  return new ClusterRefusal(status, said, what);
}

/** What the API keeps its objects in does not answer it. */
function isBrokenInside(status: number, { message = '' }: ApiStatus): boolean {
  return (
    status === 500 &&
    /\betcd|context deadline exceeded|request timed out/.test(message) &&
    !/webhook/.test(message)
  );
}

/** A quota, a limit or the Pod Security Standard says no with the same word as missing rights. */
function isRule(message: string): boolean {
  return /exceeded quota|violates PodSecurity|is forbidden: (maximum|minimum|\[)|being terminated/.test(
    message,
  );
}

function conflictOf({
  reason,
  message = '',
  field = '',
}: {
  reason?: string;
  message?: string;
  field?: string;
}): Conflict[] {
  if (reason !== 'FieldManagerConflict') return [];
  const [, manager = 'somebody'] = /conflict with "([^"]*)"/.exec(message) ?? [];
  return [{ manager, field }];
}

function heldBy(conflicts: Conflict[]): string {
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  return managers
    .map((manager) => {
      const fields = conflicts.filter((each) => each.manager === manager).map(({ field }) => field);
      return `${manager} holds ${fields.join(', ')}`;
    })
    .join('; ');
}
