import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import type { Home } from '../../core/home/index.ts';
import { writeDurably } from '../../host/index.ts';

/** Of a host that a control plane elsewhere keeps: whose it is, and what its processes have to know. */
export interface TargetFile {
  /** Id of the control plane that it belongs to. */
  owner: string;
  /** As that one calls it. */
  name: string;
  /** What images stand on, as `escale image build --base` has it; null: the usual. */
  imageBase: string | null;
}

/** Null on a host that has a control plane of its own. */
export function readTargetFile(home: Home): TargetFile | null {
  try {
    return JSON.parse(readFileSync(fileOf(home), 'utf8')) as TargetFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Stamps the host; whether that says something new to its processes. Throws `target-owned` where another control plane has,
 * unless it is taken over, and `target-exists` where the same one has by another name.
 */
export function stampTarget(home: Home, file: TargetFile, takeOver: boolean): boolean {
  const before = readTargetFile(home);
  if (before !== null && !takeOver) {
    if (before.owner !== file.owner)
      throw new EscaleError(
        'target-owned',
        `the host belongs to another Escale, which calls it ${before.name}`,
      );
    if (before.name !== file.name)
      throw new EscaleError('target-exists', `the host is a target already: ${before.name}`, {
        next: `Use that one, or \`--take-over\` where nobody knows ${before.name} any more.`,
      });
  }
  if (JSON.stringify(before) === JSON.stringify(file)) return false;
  writeDurably(fileOf(home), JSON.stringify(file));
  return true;
}

/** It belongs to nobody any more. */
export function removeTargetFile(home: Home): void {
  rmSync(fileOf(home), { force: true });
}

function fileOf(home: Home): string {
  return path.join(home.root, 'target.json');
}
