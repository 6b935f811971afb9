import type { Engine, HostEngine } from '../../src/core/contracts/index.ts';

/** An engine with what a test may do to it from outside. */
export interface EngineUnderTest {
  engine: Engine;
  /** Puts a program where the engine's instances can read it; gives the artifact's folder, with `main.mjs` in it. */
  artifact(program: string): Promise<string>;
  /** What plans say that they run on; left out: processes. */
  runsOn?: HostEngine;
  /** How a pid that something beside an instance (or in it) calls its own is called on this host. */
  hostPid(instance: { pid: number | null }, pid: number): number;
  /** Whether how an instance ended is known although its keeper was another one when it began. */
  seesEndsOfAdopted: boolean;
  /** How long a test waits for something, ms; left out: 30 s. */
  patienceMs?: number;
  /** Every instance listens on the same port, at an address of its own. */
  sharesPort?: boolean;
  /** It does not tell output and errors apart. */
  mixesStreams?: boolean;
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
