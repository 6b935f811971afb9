import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { InstanceRole } from '../../core/contracts/index.ts';

/** Who an instance runs as; null: as ourselves. */
export type InstanceUser = { uid: number; gid: number } | null;

/** systemd's range for dynamic users (systemd.exec(5), DynamicUser=): no real account is in it. */
const FIRST_UID = 61184;
const UIDS = 4336;

/** The user of a system in an environment: another one for each, the same every time. */
export function userFor(environment: string, system: string): { uid: number; gid: number } {
  const uid = FIRST_UID + (hashOf(`${environment}/${system}`) % UIDS);
  return { uid, gid: uid };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619) >>> 0;
  return hash;
}

/** Below systemd's range, where no distribution gives users out: those of pipeline runs, three for each. */
const FIRST_RUN_UID = 60_578;
const RUNS = 200;
/** What makes what is delivered: none of the other steps, which may go on beside it, can reach into it. */
const DELIVERING = ['build', 'release'];

/**
 * The user of a step of a pipeline run, or of its resources: no other run has it until 200 later. Of several Escales on
 * one host each (`owner`) begins elsewhere: whoever ends a run ends all that its user has.
 */
export function userOfStep(
  { run, step, owner }: { run: number; step: string; owner: string },
  role: InstanceRole,
) {
  const offset = role === 'resource' ? 1 : DELIVERING.includes(step) ? 2 : 0;
  const uid = FIRST_RUN_UID + 3 * ((hashOf(owner) + run) % RUNS) + offset;
  return { uid, gid: uid };
}

/** Whether another user can pass through every folder above a path, and enter the folder or run the file. */
export function reachableByOthers(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    const own = statSync(file);
    const needed = own.isDirectory() ? 0o001 : 0o005;
    return (
      (own.mode & needed) === needed &&
      parentsOf(file).every((folder) => (statSync(folder).mode & 0o001) !== 0)
    );
  } catch {
    return false;
  }
}

function parentsOf(file: string): string[] {
  const parent = path.dirname(file);
  return parent === file ? [] : [parent, ...parentsOf(parent)];
}
