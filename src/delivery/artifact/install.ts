import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { diskProblem, syncFolder } from '../../host/index.ts';
import { type PackageNeed, requirementNames } from './packages.ts';

export interface Installer {
  /** Folder of prepared packages, one below it for each key. */
  packages: string;
  /** Folder with the runtime's programs, first on the PATH. */
  programFolders: string[];
  say: (message: string) => void;
}

/** Ends the name of what is being made; it gets its own name once it is whole. */
export const BUILDING = '.building';

/** Installs what a lock file names, once; the folder appears whole or not at all. Returns it. */
export async function installPackages(need: PackageNeed, installer: Installer): Promise<string> {
  const folder = path.join(installer.packages, need.key);
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}${BUILDING}`;
  rmSync(building, { recursive: true, force: true });
  try {
    copyFiles(need, building);
    if (need.kind === 'npm') await npmInstall(need, building, installer);
    else await pipInstall(building, installer);
    renameSync(building, folder);
    syncFolder(installer.packages);
  } catch (error) {
    throw diskProblem(error, installer.packages);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
}

function copyFiles(need: PackageNeed, building: string): void {
  mkdirSync(building, { recursive: true, mode: 0o755 });
  for (const [from, to] of need.files) {
    mkdirSync(path.dirname(path.join(building, to)), { recursive: true });
    cpSync(from, path.join(building, to));
  }
}

async function npmInstall(need: PackageNeed, building: string, installer: Installer): Promise<void> {
  installer.say(
    need.locked
      ? 'installing packages (npm ci)'
      : 'installing packages (no lock file: versions are not pinned)',
  );
  const command = need.locked ? 'ci' : 'install';
  const workspace = need.workspace === '.' ? [] : ['--workspace', need.workspace];
  const quiet = ['--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await runTool('npm', [command, ...workspace, ...quiet], building, installer);
}

/** Python packages that Debian has installed already are used as they are. */
async function pipInstall(building: string, installer: Installer): Promise<void> {
  const names = requirementNames(readFileSync(path.join(building, 'requirements.txt'), 'utf8'));
  const present = await runTool('python3', ['-c', PRESENT, ...names], building, installer).then(
    () => true,
    () => false,
  );
  if (present) return;
  installer.say('installing packages (pip)');
  await runTool('python3', ['-m', 'venv', '--system-site-packages', '.venv'], building, installer);
  await runTool(
    '.venv/bin/python',
    ['-m', 'pip', 'install', '--quiet', '-r', 'requirements.txt'],
    building,
    installer,
  );
}

const PRESENT = 'import sys, importlib.metadata as m\nfor name in sys.argv[1:]: m.version(name)';

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

/** Makes installed packages visible in an artifact's folder: `node_modules`, `.venv`. */
export function linkPackages(need: PackageNeed, installed: string, artifact: string): void {
  if (need.kind === 'python') return linkIfThere(path.join(installed, '.venv'), path.join(artifact, '.venv'));
  const hoisted = path.join(installed, 'node_modules');
  const nested = path.join(installed, need.workspace, 'node_modules');
  if (need.workspace === '.' || !existsSync(nested))
    return linkIfThere(hoisted, path.join(artifact, 'node_modules'));
  linkEntries([hoisted, nested], path.join(artifact, 'node_modules'));
}

function linkIfThere(from: string, to: string): void {
  if (existsSync(from)) symlinkSync(from, to);
}

/** One folder that shows the entries of several; later ones win. Scopes (`@name`) are merged, too. */
function linkEntries(folders: string[], to: string): void {
  mkdirSync(to, { recursive: true });
  for (const folder of folders)
    for (const name of readdirSync(folder)) {
      const from = path.join(folder, name);
      if (name.startsWith('@')) linkEntries([from], path.join(to, name));
      else {
        rmSync(path.join(to, name), { force: true });
        symlinkSync(from, path.join(to, name));
      }
    }
}
