import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { DEFAULTS, stepEnvironment } from '../../core/manifest/index.ts';
import type { RunTool } from '../../delivery/index.ts';
import { fencedRun } from './command-step.ts';
import type { StoredPipelineRun } from './stored.ts';

const AGAIN_MS = 1000;
/** At the beginning and at the end: npm says first what is wrong, and then how it is used. */
const LINES_SHOWN = 8;

export interface Fenced {
  run: StoredPipelineRun;
  step: string;
  command: string[];
  /** The tree that it may change, absolute, and where in it it is started. */
  tree: string;
  cwd: string;
  env?: Record<string, string>;
}

/** Programs that Escale's own steps run: fenced like the steps of a file. */
export class Fence {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Runs a program to its end. Throws the signal's reason once that is aborted. */
  async run(
    fenced: Fenced,
    signal: AbortSignal,
  ): Promise<{ succeeded: boolean; reason: string; lines: string[] }> {
    const { run, step } = fenced;
    const id = `pipeline-${run.id}-${step}-${randomBytes(6).toString('hex')}`;
    const { timeoutMs, limits } = DEFAULTS.step;
    const wish = fencedRun(run, { env: {}, ...fenced, id, timeoutMs, limits });
    await this.engine.run(wish);
    try {
      const { state, reason, instance } = await this.ended(id, signal);
      const lines = instance === null ? [] : await this.linesOf(run, step, instance);
      return { succeeded: state === 'succeeded', reason, lines };
    } finally {
      await this.engine.forgetRun(id);
    }
  }

  /** As the tool of an installer. */
  tool(fenced: Pick<Fenced, 'run' | 'step'>, env: Record<string, string>, signal: AbortSignal): RunTool {
    return async (command, folder) => {
      const ended = await this.run({ ...fenced, command, tree: folder, cwd: folder, env }, signal);
      if (ended.succeeded) return;
      const said = ends(ended.lines).join('\n');
      throw new EscaleError('packages-failed', `${command.join(' ')} ${ended.reason}:\n${said}`);
    };
  }

  private async ended(id: string, signal: AbortSignal) {
    for (let seen = 0; ; ) {
      signal.throwIfAborted();
      const next = await this.engine.changed(seen, AGAIN_MS).catch(() => null);
      const { runs } = await this.engine.observe().catch(() => ({ runs: null }));
      const run = runs?.find((one) => one.id === id);
      if (run !== undefined && run.endedAt !== null) return run;
      if (runs !== null && run === undefined) throw new Error(`the engine knows nothing of ${id}`);
      if (next === null || runs === null) await pause(200);
      seen = next ?? 0;
    }
  }

  private async linesOf(run: StoredPipelineRun, step: string, instance: string): Promise<string[]> {
    const lines: string[] = [];
    const place = { system: run.system, environment: stepEnvironment(run.id, step) };
    const query = { ...place, service: step, instance };
    for await (const { stream, text } of this.engine.logs(query, new AbortController().signal))
      if (stream !== 'escale') lines.push(text);
    return lines;
  }
}

function ends(lines: string[]): string[] {
  if (lines.length <= 2 * LINES_SHOWN) return lines;
  return [...lines.slice(0, LINES_SHOWN), '…', ...lines.slice(-LINES_SHOWN)];
}
