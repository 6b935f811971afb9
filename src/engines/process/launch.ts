import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, lchownSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { StartRequest } from '../../core/contracts/index.ts';
import { HOME_MARK, MARK } from './family.ts';
import { stepCommand } from './step-gate.ts';
import type { InstanceUser } from './user.ts';

/** Where and as whom instances are started on this host. */
export interface LaunchSetting {
  /** Unique name of this Escale on this host. */
  owner: string;
  /** Folders searched first for programs: the pinned runtime's. */
  programFolders: string[];
  /** Compiled code, kept apart for each system in each environment: nobody can leave code for another one. */
  compileCaches: string;
  userOf(whose: Whose): InstanceUser;
  /** Escale itself runs as root. */
  isRoot: boolean;
}

/** What decides who an instance runs as. */
export type Whose = Pick<StartRequest, 'environment' | 'system' | 'service' | 'role' | 'mustReach'>;

/** The whole environment of an instance: nothing of the supervisor's own but `PATH`, `LANG` and `TZ`. */
export function launchEnvironment(
  request: StartRequest,
  temporary: string,
  setting: LaunchSetting,
): Record<string, string> {
  const inherited = ['LANG', 'TZ'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return {
    ...Object.fromEntries(inherited),
    PATH: [
      ...(request.workspace?.programs ?? []),
      path.join(request.artifact, '.venv', 'bin'),
      ...setting.programFolders,
      process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    ].join(':'),
    HOME: temporary,
    TMPDIR: temporary,
    // Output is read from a file as it comes, and artifacts are read-only.
    PYTHONUNBUFFERED: '1',
    PYTHONPYCACHEPREFIX: path.join(temporary, 'pycache'),
    // Node starts sooner and smaller with what an earlier instance of the same system compiled.
    NODE_COMPILE_CACHE: compileCache(request, setting, temporary),
    ...request.env,
    [MARK]: request.id,
    [HOME_MARK]: setting.owner,
  };
}

/** Starts it as the leader of a session of its own, its output going to files that outlive the supervisor. */
export function launch(request: StartRequest, folder: string, setting: LaunchSetting): ChildProcess {
  const temporary = path.join(folder, 'tmp');
  const user = setting.userOf(request);
  prepareFolder(temporary, user);
  if (request.role === 'resource') giveAll(request.dataFolder!, user);
  else prepareOwnFolders(request, user, setting);
  if (request.workspace !== undefined) giveOnce(request.workspace.folder, user);
  const [program, ...words] = commandFor(request, user, setting);
  const out = openSync(path.join(folder, 'out'), 'a', 0o600);
  const err = openSync(path.join(folder, 'err'), 'a', 0o600);
  try {
    return spawn(program!, words, {
      cwd: request.artifact,
      env: launchEnvironment(request, temporary, setting),
      stdio: [request.workspace === undefined ? 'ignore' : 'pipe', out, err],
      detached: true,
      ...(user ?? {}),
    });
  } finally {
    closeSync(out);
    closeSync(err);
  }
}

/** A program that refuses root, where no other user may enter its folders: root alone, seen as somebody else. */
export function commandFor(request: StartRequest, user: InstanceUser, { isRoot }: LaunchSetting): string[] {
  if (request.workspace !== undefined) return stepCommand(request, user);
  if (!request.refusesRoot || !isRoot || user !== null) return request.command;
  return ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', ...request.command];
}

/**
 * The tree of a pipeline run, before its first step: nobody else writes to it then. Later ones find its top given, and
 * nothing is given any more: a step could have put a link in the place of a folder meanwhile.
 */
function giveOnce(folder: string, user: InstanceUser): void {
  if (user !== null && lstatSync(folder).uid !== user.uid) giveAll(folder, user);
}

/** A folder and everything below it that is another user's, for example a file that was just rewritten. Links are not followed. */
function giveAll(folder: string, user: InstanceUser): void {
  const owner = user ?? { uid: process.getuid!(), gid: process.getgid!() };
  const give = (file: string) => {
    if (lstatSync(file).uid !== owner.uid) lchownSync(file, owner.uid, owner.gid);
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    give(path.join(entry.parentPath, entry.name));
  give(folder);
}

function prepareOwnFolders(request: StartRequest, user: InstanceUser, setting: LaunchSetting): void {
  if (request.workspace === undefined) prepareFolder(compileCache(request, setting), user);
  if (request.dataFolder !== null) prepareFolder(request.dataFolder, user);
}

function compileCache(request: StartRequest, setting: LaunchSetting, temporary = ''): string {
  const { environment, system, workspace } = request;
  if (workspace !== undefined) return path.join(temporary, 'compiled');
  return path.join(setting.compileCaches, `${environment}.${system}`);
}

/** Its own alone; the folders above only let it pass, whoever it runs as. */
function prepareFolder(folder: string, user: InstanceUser): void {
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o711 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
}
