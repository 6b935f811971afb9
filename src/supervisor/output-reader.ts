import type { Clock, Runtime } from '../core/contracts/index.ts';
import { type Instance, sourceOf } from './instance.ts';
import type { LogStore } from './log-store.ts';

/** Pieces read in one go from an instance that writes without end, so that the others get their turn. */
const PIECES_AT_ONCE = 8;

/** Brings what instances write into the log, as it comes; one reader at a time for each. */
export class OutputReader {
  private readonly reading = new Map<string, { again: boolean }>();
  private readonly parts: {
    runtime: Runtime;
    logs: LogStore;
    clock: Clock;
    instances: Map<string, Instance>;
  };

  constructor(parts: OutputReader['parts']) {
    this.parts = parts;
  }

  /** Something was written, or may have been. */
  async read(id: string): Promise<void> {
    const busy = this.reading.get(id);
    if (busy !== undefined) {
      busy.again = true;
      return;
    }
    const turn = { again: true };
    this.reading.set(id, turn);
    while (turn.again) {
      turn.again = false;
      await this.readPieces(id, PIECES_AT_ONCE);
    }
    this.reading.delete(id);
  }

  /** Everything that an instance has left behind. */
  async finish(instance: Instance): Promise<void> {
    await this.readPieces(instance.record.id, Number.POSITIVE_INFINITY);
    this.parts.logs.finish(sourceOf(instance), this.parts.clock.now());
  }

  private async readPieces(id: string, most: number): Promise<void> {
    const instance = this.parts.instances.get(id);
    for (let piece = 0; piece < most && instance !== undefined; piece++) {
      const chunks = await this.parts.runtime.readOutput(id);
      if (chunks.length === 0) return;
      for (const chunk of chunks) this.parts.logs.append(sourceOf(instance), chunk, this.parts.clock.now());
    }
  }
}
