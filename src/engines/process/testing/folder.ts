import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** An empty folder that is gone after the test. */
export function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-process-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
