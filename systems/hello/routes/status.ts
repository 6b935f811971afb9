import { Refusal, sendEmpty, sendJson } from '../answer.ts';
import type { Route } from '../router.ts';

/** Any final status on request, for those who test how a client takes it. */
export function statusRoutes(): Route[] {
  return [
    {
      method: 'GET',
      path: '/status/{code}',
      handle: ({ response, parameter }) => {
        const status = parseStatus(parameter);
        if ([204, 205, 304].includes(status)) sendEmpty(response, status);
        else sendJson(response, status, { value: { status } });
      },
    },
  ];
}

/** 1xx is refused: it announces a final answer, and none would follow. */
function parseStatus(text: string): number {
  if (/^[2-5]\d\d$/.test(text)) return Number(text);
  throw new Refusal(400, 'code: expected a whole number from 200 to 599');
}
