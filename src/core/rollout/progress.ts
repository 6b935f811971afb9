import type { Operation } from './operation.ts';

/** What happens to the operations of a plan while they are carried out, for whoever watches. */
export type OperationProgress =
  | { type: 'begin'; index: number; operation: Operation }
  | { type: 'done'; index: number; operation: Operation; ms: number }
  | {
      type: 'failed';
      index: number;
      operation: Operation;
      reason: string;
      /** The instance that shows it; null when it is none's. */
      instance: string | null;
      /** What that instance wrote last. */
      lastLines: string[];
    }
  /** Back to what ran before; null: to nothing. */
  | { type: 'returning'; toRelease: number | null };
