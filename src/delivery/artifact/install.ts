import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { diskProblem, syncFolder } from '../../host/index.ts';
import { type PackageNeed, requirementNames, rootOf } from './packages.ts';

export interface Installer {
  /** Folder of prepared packages, one below it for each key. */
  packages: string;
  /** Folder with the runtime's programs, first on the PATH. */
  programFolders: string[];
  say: (message: string) => void;
}

/** Runs a tool in a folder that is being filled. Rejects with what it said. */
export type RunTool = (command: string[], folder: string) => Promise<void>;

/** Ends the name of what is being made; it gets its own name once it is whole. */
export const BUILDING = '.building';

/**
 * Installs what a lock file names, once; the folder appears whole or not at all. Returns it. Packages bring scripts
 * of their own along: `fenced` runs the tools where those can't hurt, left out for what the machine's owner delivers.
 */
export async function installPackages(
  need: PackageNeed,
  installer: Installer,
  fenced?: RunTool,
): Promise<string> {
  const folder = path.join(installer.packages, need.key);
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}${BUILDING}`;
  rmSync(building, { recursive: true, force: true });
  try {
    copyFiles(need, building);
    const run: RunTool = fenced ?? (([program, ...args], cwd) => runTool(program!, args, cwd, installer));
    if (need.kind === 'npm') await npmInstall(need, building, { run, say: installer.say });
    else await pipInstall(building, { run, say: installer.say });
    if (fenced !== undefined) takeBack(building);
    takeName(building, folder);
    syncFolder(installer.packages);
  } catch (error) {
    throw diskProblem(error, installer.packages);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
}

/** Another process may have been faster: what it installed is the same. */
function takeName(building: string, folder: string): void {
  try {
    renameSync(building, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function copyFiles(need: PackageNeed, building: string): void {
  mkdirSync(building, { recursive: true, mode: 0o755 });
  for (const [from, to] of need.files) {
    mkdirSync(path.dirname(path.join(building, to)), { recursive: true });
    cpSync(from, path.join(building, to));
  }
}

interface Tools {
  run: RunTool;
  say: (message: string) => void;
}

async function npmInstall(need: PackageNeed, building: string, { run, say }: Tools): Promise<void> {
  say(
    need.locked
      ? 'installing packages (npm ci)'
      : 'installing packages (no lock file: versions are not pinned)',
  );
  const command = need.locked ? 'ci' : 'install';
  const workspaces = need.development?.workspaces ?? [need.workspace];
  const only = workspaces.includes('.') ? [] : workspaces.flatMap((name) => ['--workspace', name]);
  const without = need.development === undefined ? ['--omit=dev'] : ['--include=dev'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await run(['npm', command, ...only, ...without, ...quiet], building);
}

/** Python packages that Debian has installed already are used as they are. */
async function pipInstall(building: string, { run, say }: Tools): Promise<void> {
  const files = ['requirements.txt', 'requirements-dev.txt'].filter((name) =>
    existsSync(path.join(building, name)),
  );
  const names = files.flatMap((name) => requirementNames(readFileSync(path.join(building, name), 'utf8')));
  const present = await run(['python3', '-c', PRESENT, ...names], building).then(
    () => true,
    () => false,
  );
  if (present) return;
  say('installing packages (pip)');
  await run(['python3', '-m', 'venv', '--system-site-packages', '.venv'], building);
  const wanted = files.flatMap((name) => ['-r', name]);
  await run(['.venv/bin/python', '-m', 'pip', 'install', '--quiet', ...wanted], building);
}

/** Says nothing: that one is missing is no failure. */
const PRESENT =
  'import sys, importlib.metadata as m\nfor name in sys.argv[1:]:\n  try: m.version(name)\n  except Exception: sys.exit(1)';

function runTool(program: string, args: string[], cwd: string, installer: Installer): Promise<void> {
  const PATH = [...installer.programFolders, process.env.PATH ?? ''].join(':');
  const env = { ...process.env, PATH, NODE_ENV: '', npm_config_package_lock: 'true' };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(installFailed(program, args, `${stdout}\n${stderr}`.trim() || error.message));
    });
  });
}

function installFailed(program: string, args: string[], output: string): EscaleError {
  const lines = output.split('\n').slice(-20).join('\n');
  return new EscaleError('packages-failed', `${program} ${args.join(' ')} failed:\n${lines}`, {
    next: `Run it by hand in the service's folder, mend what it says, and try again.`,
  });
}

/** What somebody fenced has made becomes ours: nobody else can change it from here on. Nothing runs there any more. */
function takeBack(folder: string): void {
  const owner = { uid: process.getuid!(), gid: process.getgid!() };
  const take = (file: string) => {
    const stat = lstatSync(file);
    if (stat.uid !== owner.uid || stat.gid !== owner.gid) lchownSync(file, owner.uid, owner.gid);
    if (!stat.isSymbolicLink())
      chmodSync(file, (stat.mode & 0o755) | 0o444 | (stat.isDirectory() ? 0o111 : 0));
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    take(path.join(entry.parentPath, entry.name));
  take(folder);
}

/** Makes installed packages visible in an artifact's folder. */
export function linkPackages(need: PackageNeed, installed: string, artifact: string): void {
  for (const [name, target] of packageLinks(need, installed)) {
    mkdirSync(path.dirname(path.join(artifact, name)), { recursive: true });
    symlinkSync(target, path.join(artifact, name));
  }
}

/** The links that show packages as `node_modules`, `.venv`: [name in the artifact, absolute target]. */
export function packageLinks(need: PackageNeed, installed: string): [string, string][] {
  if (need.kind === 'python') return linkIfThere('.venv', path.join(installed, '.venv'));
  const hoisted = path.join(installed, 'node_modules');
  const nested = path.join(installed, need.workspace, 'node_modules');
  if (need.workspace === '.' || !existsSync(nested)) return linkIfThere('node_modules', hoisted);
  return mergedEntries([hoisted, nested], 'node_modules');
}

function linkIfThere(name: string, target: string): [string, string][] {
  return existsSync(target) ? [[name, target]] : [];
}

/** One folder that shows the entries of several; later ones win. Scopes (`@name`) are merged, too. */
function mergedEntries(folders: string[], to: string): [string, string][] {
  const links = new Map<string, string>();
  for (const folder of folders)
    for (const name of readdirSync(folder)) {
      const from = path.join(folder, name);
      const found: [string, string][] = name.startsWith('@')
        ? mergedEntries([from], `${to}/${name}`)
        : [[`${to}/${name}`, from]];
      for (const [link, target] of found) links.set(link, target);
    }
  return [...links];
}

/** Makes packages for tests and builds visible in a tree, at its lock file and in its workspaces. */
export function linkForDevelopment(need: PackageNeed, installed: string): void {
  const root = rootOf(need);
  if (need.kind === 'python') return linkPackages(need, installed, root);
  const packageFiles = need.files.map(([, to]) => to).filter((to) => path.basename(to) === 'package.json');
  for (const folder of packageFiles.map((file) => path.dirname(file))) {
    const from = path.join(installed, folder, 'node_modules');
    if (existsSync(from)) showEntries(from, path.join(root, folder, 'node_modules'));
  }
}

/** A folder of its own, so that tools can keep their caches in it. A workspace is the one of the tree, not its package file. */
function showEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.name.startsWith('@') && entry.isDirectory()) showEntries(source, target);
    else if (!existsSync(target)) symlinkSync(entry.isSymbolicLink() ? readlinkSync(source) : source, target);
  }
}
