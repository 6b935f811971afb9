import { EscaleError } from '../core/errors/index.ts';
import type { Operation } from '../core/rollout/index.ts';
import type { ChangeEnd, Overview, PipelineLine, ProgressLine, RolloutView } from './api/types.ts';
import { keyOf } from './place.ts';

type Begun = Extract<ProgressLine, { type: 'begun' }>;
type Lines = AsyncIterable<ProgressLine | ({ type: 'result' } & ChangeEnd)>;

export interface RejoinParts {
  overview: () => Promise<Overview>;
  tell: (line: ProgressLine) => void;
  /** How long the control plane may be away, ms. */
  patienceMs?: number;
}

/** It is back within a second; on a machine that is busy it may need several. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 200;

/**
 * Asks for a change and gives its end, over the end of the control plane: a rollout that had begun goes on in its next
 * life, and is followed there. Where none had begun it is asked for again if `mayRepeat`. Throws `process-away` when
 * the control plane does not come back.
 */
export async function followChange(
  ask: () => Lines,
  mayRepeat: boolean,
  parts: RejoinParts,
): Promise<ChangeEnd> {
  const heard: Heard = { begun: null, operations: [], done: 0 };
  const end = await listen(ask(), heard, parts.tell);
  if (end !== null) return end;
  if (heard.begun === null && !mayRepeat) throw cutOff();
  parts.tell({ type: 'note', message: 'Escale has ended and is started again: waiting for it' });
  await untilBack(parts);
  return heard.begun === null ? followChange(ask, false, parts) : followRollout(heard.begun, heard, parts);
}

/** What was told before the end. */
interface Heard {
  begun: Begun | null;
  operations: Operation[];
  /** How many operations were told as done. */
  done: number;
}

/** Null when the control plane ended before the change did. */
async function listen(lines: Lines, heard: Heard, tell: RejoinParts['tell']): Promise<ChangeEnd | null> {
  try {
    for await (const line of lines) {
      if (line.type === 'result') return line;
      if (line.type === 'begun') heard.begun = line;
      if (line.type === 'plan') heard.operations = line.operations;
      if (line.type === 'done') heard.done = line.index + 1;
      tell(line);
    }
  } catch (error) {
    if (!isAway(error)) throw error;
  }
  return null;
}

/** The lines of a pipeline run to its end, each once, also over the end of the control plane, in whose next life the run goes on. */
export async function* followPipeline(
  ask: () => AsyncIterable<PipelineLine>,
  { overview, signal }: { overview: RejoinParts['overview']; signal: AbortSignal },
): AsyncIterable<PipelineLine> {
  const told = new Map<string, number>();
  for (;;) {
    const again = new Map<string, number>();
    try {
      for await (const line of ask()) {
        const text = JSON.stringify(line);
        const times = (again.get(text) ?? 0) + 1;
        again.set(text, times);
        if (times <= (told.get(text) ?? 0)) continue;
        told.set(text, times);
        yield line;
        if (line.type === 'end') return;
      }
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    if (signal.aborted) return;
    await untilBack({ overview });
  }
}

/** The picture, as soon as the control plane answers. Throws `process-away` when it does not come back. */
export async function untilBack({
  overview,
  patienceMs = PATIENCE_MS,
}: Omit<RejoinParts, 'tell'>): Promise<Overview> {
  const until = performance.now() + patienceMs;
  for (;;)
    try {
      return await overview();
    } catch (error) {
      if (!isAway(error) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
}

async function followRollout(begun: Begun, heard: Heard, parts: RejoinParts): Promise<ChangeEnd> {
  let lookedAt = performance.now();
  for (;;) {
    const rollout = rolloutIn(await untilBack(parts), begun);
    const ms = Math.round(performance.now() - lookedAt);
    for (; heard.done < rollout.done; heard.done++)
      parts.tell({ type: 'done', index: heard.done, operation: heard.operations[heard.done]!, ms });
    if (rollout.endedAt !== null)
      return {
        ...{ place: begun.place, release: begun.release, added: begun.added, returned: false },
        rollout: { ...rollout, endedAt: rollout.endedAt },
      };
    lookedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function rolloutIn({ systems }: Overview, { place, rollout }: Begun): RolloutView {
  const system = systems.find(
    ({ name, environment }) => keyOf({ system: name, environment }) === keyOf(place),
  );
  const found = system?.rollouts.find(({ id }) => id === rollout);
  if (found === undefined) throw cutOff();
  return found;
}

function cutOff(): EscaleError {
  return new EscaleError('process-away', 'Escale ended before it said how this went', {
    next: 'It is started again: look at `escale status`, and ask again if it has not come about.',
  });
}

function isAway(error: unknown): boolean {
  return error instanceof EscaleError && error.code === 'process-away';
}
