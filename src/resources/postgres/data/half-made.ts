import { existsSync, rmSync } from 'node:fs';
import { settleFormerServer } from './former-server.ts';

/** Removes a data folder that never counted. A helper of whoever made it may live a moment longer than its parent. */
export async function removeHalfMade(making: string): Promise<void> {
  if (!existsSync(making)) return;
  await settleFormerServer(making);
  rmSync(making, { recursive: true, force: true });
}
