import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DesiredSystem } from '../core/contracts/index.ts';
import { writeDurably } from '../host/index.ts';

/** What the supervisor must still know after `kill -9`: it works on from this alone. */
export interface SupervisorState {
  desired: DesiredSystem[];
  /** Lasting inside port of each callable service. */
  internalPorts: Record<string, number>;
  /** Instances that were told to go. */
  leaving: string[];
}

const EMPTY: SupervisorState = { desired: [], internalPorts: {}, leaving: [] };

/** The supervisor's state in one file, replaced whole. */
export class StateFile {
  private readonly file: string;
  state: SupervisorState;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    this.file = path.join(folder, 'state.json');
    this.state = existsSync(this.file)
      ? { ...EMPTY, ...(JSON.parse(readFileSync(this.file, 'utf8')) as SupervisorState) }
      : structuredClone(EMPTY);
  }

  /** Durable when it returns. Throws when the disk is full; the old state then holds, in memory too. */
  update(change: Partial<SupervisorState>): void {
    const next = { ...this.state, ...change };
    writeDurably(this.file, JSON.stringify(next));
    this.state = next;
  }
}
