import type { ToldEvent } from '../../core/contracts/index.ts';

/** Events of several sources, one after the other, until one of them ends it. */
export class EventQueue {
  private readonly waiting: ToldEvent[] = [];
  private isOver = false;
  private problem: unknown = null;
  private wake = () => {};

  add(event: ToldEvent): void {
    this.waiting.push(event);
    this.wake();
  }

  /** Null: without a problem. */
  end(problem: unknown): void {
    this.isOver = true;
    this.problem = problem;
    this.wake();
  }

  /** For one reader. Throws the problem that ended it. */
  async *all(): AsyncIterable<ToldEvent> {
    for (;;) {
      yield* this.waiting.splice(0);
      if (this.waiting.length > 0) continue;
      if (this.isOver) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.problem !== null) throw this.problem;
  }
}
