import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceAt, ResourceLaunch } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { namesFor, rolesSql } from '../../../core/postgres/index.ts';
import { findPrograms, type Programs } from '../programs/programs.ts';
import { runSingleUser } from '../programs/single-user.ts';
import { templateFor } from '../programs/template.ts';
import { type Access, accessOf, fingerprintOf } from './access.ts';
import {
  adoptData,
  currentData,
  MAKING,
  makeResourceFolder,
  pointTo,
  readMarker,
  unpointedData,
  writeMarker,
} from './folder.ts';
import { settleFormerServer } from './former-server.ts';
import { removeHalfMade } from './half-made.ts';
import { passwordsSql } from './roles.ts';
import { writeSettings } from './settings.ts';
import { copyTree, syncTree } from './tree.ts';
import { inTurn } from './turn.ts';

/** A smart or fast shutdown writes down what is in memory. */
const GRACE_MS = 60_000;

/**
 * Makes what is missing in a resource's folder and says how its server is started; leaves a running one alone.
 * Throws `resource-version`, `resource-lost`, `resource-running`, `resource-failed`, `resource-program`, `disk-full`.
 */
export async function prepare(at: ResourceAt, cache: string): Promise<ResourceLaunch> {
  makeResourceFolder(at.folder);
  const programs = findPrograms(cache);
  const access = accessOf(at.folder);
  return inTurn(at.folder, async () => {
    const data = dataThatCounts(at.folder) ?? (await makeData({ at, access, programs, cache }));
    checkVersion(data, programs);
    if ((await settleFormerServer(data)) === 'gone') await refresh(data, { at, access, programs });
    return launchOf(at, data, programs);
  });
}

function dataThatCounts(folder: string): string | null {
  const current = currentData(folder);
  if (current !== null) return current;
  const unpointed = unpointedData(folder);
  if (unpointed !== null) pointTo(folder, unpointed);
  return unpointed;
}

interface Making {
  at: ResourceAt;
  access: Access;
  programs: Programs;
  cache: string;
}

/** Only a folder that is whole and durable gets its name, and only then it counts. */
async function makeData({ at, access, programs, cache }: Making): Promise<string> {
  const making = path.join(at.folder, MAKING);
  await removeHalfMade(making);
  await copyTree(await templateFor(programs, cache), making);
  const names = namesFor(at.system);
  writeSettings(making);
  writeMarker(making, { ...names, access: fingerprintOf(access) });
  await syncTree(making);
  await runSingleUser(programs, making, [...rolesSql(names), ...passwordsSql(names.user, access)]);
  return adoptData(at.folder, making);
}

/** The major version is the format of the files: another one can't read them. */
function checkVersion(data: string, { major, version }: Programs): void {
  const found = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new EscaleError(
    'resource-version',
    `the data in ${data} is of PostgreSQL ${found}, and Escale brings ${version}`,
    { place: data, details: { found, expected: major } },
  );
}

/** What each start needs anew. A restored folder has the passwords of its time: it gets those of today. */
async function refresh(data: string, { at, access, programs }: Omit<Making, 'cache'>): Promise<void> {
  writeSettings(data, at.networks);
  const marker = readMarker(data)!;
  if (marker.access === fingerprintOf(access)) return;
  await runSingleUser(programs, data, passwordsSql(marker.user, access));
  writeMarker(data, { ...marker, access: fingerprintOf(access) });
}

function launchOf(at: ResourceAt, data: string, programs: Programs): ResourceLaunch {
  return {
    command: [programs.postgres, '-D', data, '-p', String(at.port)],
    env: programs.env,
    dataFolder: data,
    stopSignal: 'SIGINT',
    graceMs: GRACE_MS,
    refusesRoot: true,
    mustReach: [...programs.mustReach, at.folder],
  };
}
