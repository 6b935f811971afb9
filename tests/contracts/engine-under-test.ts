import type { Engine } from '../../src/core/contracts/index.ts';

/** An engine with what a test may do to it from outside. */
export interface EngineUnderTest {
  engine: Engine;
  /** Puts a program where the engine's instances can read it; gives the artifact's folder, with `main.mjs` in it. */
  artifact(program: string): Promise<string>;
  /** A folder that instances may write, absolute. */
  shared: string;
  /** Words that run a Node program of the artifact. */
  node: string;
  /** Kills whatever keeps the instances, with -9; resolves when its successor answers. */
  killKeeper(): Promise<void>;
  /** A variable of the keeper's environment that no instance may see. */
  secret: { name: string; value: string };
  /** Bytes on disk of logs and raw output of a system. */
  logBytes(system: string): number;
  /** Ends everything; fails when something is left. */
  close(): Promise<void>;
}
