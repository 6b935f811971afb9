import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeDurably } from '../../host/index.ts';

/** Enough for the ends of some runs in the store, and its log beside it. */
const SPARE_BYTES = 2 << 20;

/** Room on the disk that is kept for how runs end: that has to be written down where they have filled it, too. */
export class SpareRoom {
  private readonly file: string;

  constructor(folder: string) {
    this.file = path.join(folder, 'spare');
  }

  /** Throws `disk-full`. */
  keep(): void {
    if (!existsSync(this.file)) writeDurably(this.file, '.'.repeat(SPARE_BYTES));
  }

  /** False: none is left. */
  give(): boolean {
    const isThere = existsSync(this.file);
    rmSync(this.file, { force: true });
    return isThere;
  }
}
