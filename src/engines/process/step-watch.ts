import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { StartRequest } from '../../core/contracts/index.ts';

export interface StepWatchParts {
  /** All that it writes to, absolute. */
  folders: string[];
  limits: Pick<StartRequest['limits'], 'diskBytes'>;
  /** It has to end; called once. */
  tooMuch: (reason: string) => void;
}

/** Between two looks, ms: a disk takes about a gigabyte meanwhile at most. */
const LOOK_MS = 500;
/** What is left to everybody else on the disk, whatever the limit of a step says. */
const RESERVE_BYTES = 200e6;

/** Ends a step that fills the disk. Looks do not overlap, and none of them holds the supervisor up. */
export class StepWatch {
  private readonly parts: StepWatchParts;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(parts: StepWatchParts) {
    this.parts = parts;
    this.lookLater();
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private lookLater(): void {
    this.timer = setTimeout(() => void this.look(), LOOK_MS);
  }

  private async look(): Promise<void> {
    const reason = (await this.aboveLimit()) ?? (await this.aboveReserve());
    if (this.isClosed) return;
    if (reason === null) return this.lookLater();
    this.close();
    this.parts.tooMuch(reason);
  }

  private async aboveLimit(): Promise<string | null> {
    const { folders, limits } = this.parts;
    if (limits.diskBytes === null) return null;
    const sizes = await Promise.all(folders.map(treeBytes));
    if (sizes.reduce((sum, size) => sum + size, 0) <= limits.diskBytes) return null;
    return `went over its disk limit of ${Math.round(limits.diskBytes / 1e6)} MB`;
  }

  private async aboveReserve(): Promise<string | null> {
    const disk = await statfs(this.parts.folders[0]!).catch(() => null);
    if (disk === null || disk.bavail * disk.bsize > RESERVE_BYTES) return null;
    return 'was ended because the disk is nearly full';
  }
}

/** Bytes that the files of a tree take; links are not followed, what vanishes meanwhile does not count. */
async function treeBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    sum += entry.isDirectory() ? await treeBytes(file) : await fileBytes(file);
  }
  return sum;
}

/** What it takes on the disk: a file may have holes. */
async function fileBytes(file: string): Promise<number> {
  const stat = await lstat(file).catch(() => null);
  return stat === null ? 0 : stat.blocks * 512;
}
