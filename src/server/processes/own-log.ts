import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/**
 * The log of one of Escale's own processes. A line that finds no room on the disk is lost, and nothing else: Node's own
 * console would end the process.
 */
export function logOnFullDisk(): void {
  globalThis.console = new Console({ stdout: lossy(1), stderr: lossy(2) });
}

function lossy(descriptor: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        writeSync(descriptor, chunk);
      } catch {
        // There is nowhere to say it.
      }
      done();
    },
  });
}
