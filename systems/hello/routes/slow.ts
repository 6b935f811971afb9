import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal, sendJson } from '../answer.ts';
import type { Route } from '../router.ts';

const longestSeconds = 60;
const stepsPerSecond = 10;

/** Answers that take as long as they are asked to: all at the end, or in steps. */
export function slowRoutes(): Route[] {
  return [
    {
      method: 'GET',
      path: '/delay/{seconds}',
      handle: async ({ response, parameter }) => {
        const seconds = parseSeconds(parameter);
        await withinConnection(response, async (signal) => {
          await wait(seconds * 1000, undefined, { signal });
          sendJson(response, 200, { value: { delay: seconds } });
        });
      },
    },
    {
      method: 'GET',
      path: '/chunked/{seconds}',
      handle: async ({ response, parameter }) => {
        const seconds = parseSeconds(parameter);
        await withinConnection(response, (signal) => writeInSteps(response, { seconds, signal }));
      },
    },
  ];
}

/** `step 1/10` to `step 10/10`, a line every 100 ms, then `done`. */
async function writeInSteps(
  response: ServerResponse,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<void> {
  const steps = Math.max(1, Math.round(seconds * stepsPerSecond));
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  for (let step = 1; step <= steps; step++) {
    const flushed = response.write(`step ${step}/${steps}\n`);
    await wait((seconds * 1000) / steps, undefined, { signal });
    if (!flushed && response.writableNeedDrain) await once(response, 'drain', { signal });
  }
  response.end('done\n');
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= longestSeconds) return seconds;
  throw new Refusal(400, `seconds: expected a number from 0 to ${longestSeconds}`);
}

/** Runs `work` until it ends or the client has gone, which is no error: nobody is left to tell. */
async function withinConnection(
  response: ServerResponse,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  try {
    await work(gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    response.off('close', leave);
  }
}
