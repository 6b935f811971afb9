/**
 * What every worker of the instance must agree on at once: kept in memory they share, so that a switch thrown
 * through one of them holds for all before the answer is out.
 */
export interface Flags {
  /** Switched over HTTP: `POST /readyz/disable`. */
  ready: boolean;
  /** While true everything but probes, metrics and the switch itself answers 500. */
  faults: boolean;
  /** SIGTERM has come: not ready any more, whatever `ready` says. */
  draining: boolean;
  /** Workers that should run and do not. */
  missingWorkers: number;
}

const slots = { ready: 0, faults: 1, draining: 2, missingWorkers: 3 } as const;

/** Memory for the flags of a new instance: ready, no faults. */
export function newFlagMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 4);
  new Int32Array(memory)[slots.ready] = 1;
  return memory;
}

/** A view of the flags in `memory`; assigning to it is seen by every thread. */
export function flagsIn(memory: SharedArrayBuffer): Flags {
  const cells = new Int32Array(memory);
  const read = (slot: number) => Atomics.load(cells, slot);
  const write = (slot: number, value: number) => Atomics.store(cells, slot, value);
  return {
    get ready() {
      return read(slots.ready) === 1;
    },
    set ready(value) {
      write(slots.ready, Number(value));
    },
    get faults() {
      return read(slots.faults) === 1;
    },
    set faults(value) {
      write(slots.faults, Number(value));
    },
    get draining() {
      return read(slots.draining) === 1;
    },
    set draining(value) {
      write(slots.draining, Number(value));
    },
    get missingWorkers() {
      return read(slots.missingWorkers);
    },
    set missingWorkers(value) {
      write(slots.missingWorkers, value);
    },
  };
}
