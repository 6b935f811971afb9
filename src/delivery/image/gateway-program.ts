import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ENTRY = path.join(import.meta.dirname, '..', '..', 'cluster-gateway', 'main.ts');
const FILE = 'gateway.mjs';
/** What starts the gateway in the folder of its program. */
export const GATEWAY_COMMAND = ['node', FILE];

/**
 * Escale's gateway for clusters as one file, in a folder below `store` that is named by its content: the same sources give
 * the same folder. It appears whole or not at all.
 */
export async function gatewayProgram(store: string): Promise<string> {
  // Loaded by whoever makes one: who only makes other images does not wait for it.
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: ENTRY, platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  const [{ code }] = output;
  const folder = path.join(store, createHash('sha256').update(code).digest('hex').slice(0, 32));
  if (existsSync(folder)) return folder;
  const made = `${folder}.${randomBytes(4).toString('hex')}`;
  mkdirSync(made, { recursive: true, mode: 0o755 });
  writeFileSync(path.join(made, FILE), code, { mode: 0o444 });
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
