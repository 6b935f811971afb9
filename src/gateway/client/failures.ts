import type { RequestHead } from '../framing/request-head.ts';
import type { RouteMiss } from '../routing/routes.ts';
import type { OwnAnswer } from './own-answer.ts';

const RETRY_AFTER = 'Retry-After: 1\r\n';

/** The answer to a request that no route takes. */
export function missAnswer(miss: RouteMiss, head: RequestHead): OwnAnswer {
  if (miss === 'bad-target') return { status: 400, message: 'Refused: ambiguous path.' };
  if (miss === 'unknown-path') return { status: 404, message: 'No service is routed at this path.' };
  return { status: 404, message: `No application is served at ${head.host ?? 'this address'}.` };
}

export const HOLD_EXPIRED: OwnAnswer = {
  status: 503,
  message: 'No instance of the service became ready in time.',
  fields: RETRY_AFTER,
};

export const HOLD_FULL: OwnAnswer = {
  status: 503,
  message: 'Too many requests wait for an instance of the service.',
  fields: RETRY_AFTER,
};

export const SERVICE_REMOVED: OwnAnswer = {
  status: 503,
  message: 'The service was removed.',
  fields: RETRY_AFTER,
};

export const NO_ANSWER: OwnAnswer = { status: 504, message: 'The service did not answer in time.' };

export const UNREACHABLE: OwnAnswer = { status: 502, message: 'The service could not be reached.' };

export const NOT_RETRIED: OwnAnswer = {
  status: 502,
  message: 'The connection to the service broke; it may have acted on the request, which was not sent again.',
};

export const BODY_STALLED: OwnAnswer = { status: 408, message: 'The request body stopped coming.' };

export function badAnswer(reason: string): OwnAnswer {
  return { status: 502, message: `The service gave no valid answer: ${reason}.` };
}

/** For the reason of an instance that is out. */
export function connectFailure(error: NodeJS.ErrnoException | null): string {
  return error?.code === 'ECONNREFUSED'
    ? 'refused a connection'
    : `no connection: ${error?.code ?? 'closed'}`;
}
