import { createHash } from 'node:crypto';
import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { canonical } from '../../core/release/index.ts';
import { diskProblem, syncFolder, writeDurably } from '../../host/index.ts';
import { contextFilter, readDockerfile } from '../container/context.ts';
import type { ContainerOrder } from '../container/order.ts';
import { isSecretFile } from '../source/index.ts';
import { DigestCache, fileDigest } from './digest.ts';
import { isUnchanged, type SourceFile, sourceFiles } from './files.ts';
import { BUILDING, type Installer, installPackages, linkPackages, type RunTool } from './install.ts';
import { developmentNeeds, npmNeed, type PackageNeed, pythonNeed } from './packages.ts';

export interface ArtifactSource {
  /** Absolute folder of the service's files. */
  folder: string;
  /** Highest folder to look for a lock file in: the git root, or the folder itself. */
  top: string;
  /** Served by Escale's static server, which then is part of the artifact. */
  static: boolean;
  /** An image, in the place of files; left out for files. */
  container?: ContainerSource;
}

/** What an artifact that is an image is made of: an image of a registry, or a Dockerfile whose context its folder is. */
export type ContainerSource =
  /** `image`: with its digest. `allowInside`: its registry may be on this host or its network. */
  | { kind: 'image'; image: string; allowInside: boolean }
  /** `dockerfile`: below the folder. `name`: of the service, `system`: whose it is. */
  | { kind: 'dockerfile'; dockerfile: string; system: string; name: string };

/** How artifacts are made. */
export interface Making {
  /** Runs the tools that install packages where those can't hurt. */
  fenced?: RunTool;
  /** A line of what goes on, for people. */
  say?: (line: string) => void;
  /** Ends what takes long. */
  signal?: AbortSignal;
}

/** Makes the artifact of an image; throws what its builder or registry says. */
export type ContainerMaker = (
  order: Pick<ContainerOrder, 'into' | 'title' | 'pull'> & {
    build: { context: string; dockerfile: string; system: string; digest: string } | null;
  },
  making: Pick<Making, 'say' | 'signal'>,
) => Promise<void>;

/** What an artifact will be, before a byte of it is copied. */
export interface ArtifactDraft {
  /** sha256 over files, modes, packages, platform and runtime; hex. */
  digest: string;
  source: ArtifactSource;
  files: SourceFile[];
  packages: PackageNeed | null;
}

export const STATIC_SERVER = '.escale/static-server.ts';
/** Its source. */
export const STATIC_SERVER_FILE = path.join(import.meta.dirname, '..', 'static', 'static-server.ts');
const COPIES_AT_ONCE = 32;
/** How long after a draft its release may still be on its way, ms. */
const DRAFTED_MS = 3_600_000;

/** Content-addressed, read-only trees: a release's files with their packages. */
export class ArtifactStore {
  private readonly folder: string;
  private readonly cache: string;
  private readonly installer: Installer;
  private readonly containers: ContainerMaker | null;
  /** What was found at the last look at each. */
  private readonly looks = new Map<string, { stamps: string; whole: boolean }>();
  /** What is being made now, by digest: whoever wants the same waits for it. */
  private readonly making = new Map<string, Promise<string>>();

  /** Alone in its folder: what a former process was building is cleared away. Not so beside another one (`isGuest`). */
  constructor(options: {
    folder: string;
    cache: string;
    installer: Installer;
    containers?: ContainerMaker;
    isGuest?: boolean;
  }) {
    this.containers = options.containers ?? null;
    this.folder = options.folder;
    this.cache = options.cache;
    this.installer = options.installer;
    mkdirSync(this.folder, { recursive: true, mode: 0o755 });
    mkdirSync(path.join(this.cache, '..', 'trees'), { recursive: true, mode: 0o700 });
    mkdirSync(this.installer.packages, { recursive: true, mode: 0o755 });
    if (options.isGuest) return;
    for (const folder of [this.folder, this.installer.packages]) clearUnfinished(folder);
  }

  folderOf(digest: string): string {
    return path.join(this.folder, digest);
  }

  has(digest: string): boolean {
    return existsSync(this.folderOf(digest));
  }

  /** Reads a source folder (what did not change since the last time is not read again). */
  async draft(source: ArtifactSource): Promise<ArtifactDraft> {
    if (source.container !== undefined) return this.draftContainer(source, source.container);
    // The system's own files are not the service's: a number changed in one replaces nothing, and what they hold is nobody's.
    const files = (await sourceFiles(source.folder)).filter((file) => !isSystemFile(file.path));
    const entries = await this.entriesOf(source.folder, files);
    const packages = source.static ? null : await packagesOf(source);
    const server = source.static ? await fileDigest(STATIC_SERVER_FILE) : null;
    const digest = sha256(canonical([entries, packages?.key ?? null, server, platform()]));
    this.noteUse(digest);
    return { digest, source, files, packages };
  }

  private async draftContainer(source: ArtifactSource, container: ContainerSource): Promise<ArtifactDraft> {
    const draft = (content: unknown, files: SourceFile[]) => {
      const digest = sha256(canonical([content, process.platform, process.arch]));
      this.noteUse(digest);
      return { digest, source, files, packages: null };
    };
    if (container.kind === 'image') return draft(['image', container.image.split('@').at(-1)], []);
    const { folder } = source;
    const { dockerfile } = container;
    const text = createHash('sha256')
      .update(await readDockerfile(folder, dockerfile))
      .digest('hex');
    const isSeen = await contextFilter(folder, dockerfile);
    const files = (await sourceFiles(folder)).filter(({ path }) => !isSystemFile(path) && isSeen(path));
    return draft(['dockerfile', text, await this.entriesOf(folder, files, 'context')], files);
  }

  /** Paths, kinds, modes and contents. `as` tells apart what different readers see of one folder. */
  private async entriesOf(folder: string, files: SourceFile[], as = ''): Promise<unknown[]> {
    const cache = new DigestCache(this.cache, `${folder}${as && `\0${as}`}`);
    const entries: unknown[] = [];
    for (const file of files) {
      const content = file.kind === 'file' ? await cache.digestOf(folder, file) : file.target;
      entries.push([file.path, file.kind, file.executable, content]);
    }
    cache.save();
    return entries;
  }

  /** Somebody is about to make a release of it: it is not removed meanwhile. */
  private noteUse(digest: string): void {
    try {
      const now = new Date();
      utimesSync(this.folderOf(digest), now, now);
    } catch {
      // It is not there yet.
    }
  }

  /** Takes an artifact away that no release has, unless somebody drafted the same one within the hour. */
  async remove(digest: string): Promise<void> {
    const folder = this.folderOf(digest);
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined || Date.now() - stat.mtimeMs < DRAFTED_MS) return;
    const going = `${folder}.going${BUILDING}`;
    renameSync(folder, going);
    this.looks.delete(digest);
    await rm(going, { recursive: true, force: true });
    await rm(this.treeFile(digest), { force: true });
  }

  /**
   * Makes the artifact of a draft; whole or not at all, once. Returns its folder.
   * Throws `source-changed` where a file is not what the draft read, `packages-failed`, `disk-full`; of an image what its
   * builder or registry says.
   */
  prepare(draft: ArtifactDraft, making: Making = {}): Promise<string> {
    return this.once(draft.digest, () => this.make(draft, making));
  }

  /** Installs the packages of a draft, or those for tests and builds. Throws `packages-failed`, `disk-full`. */
  install(need: PackageNeed, fenced?: RunTool): Promise<string> {
    return this.once(need.key, () => installPackages(need, this.installer, fenced));
  }

  hasPackages({ key }: PackageNeed): boolean {
    return existsSync(path.join(this.installer.packages, key));
  }

  private async make(draft: ArtifactDraft, making: Making): Promise<string> {
    const folder = this.folderOf(draft.digest);
    if (existsSync(folder)) return folder;
    const building = `${folder}.${process.pid}${BUILDING}`;
    try {
      const { container } = draft.source;
      const made =
        container === undefined
          ? await this.makeFiles(draft, building, making)
          : await this.makeContainer(draft, building, { container, making });
      writeDurably(this.treeFile(draft.digest), await treeDigest(made));
      await rename(made, folder);
      syncFolder(this.folder);
    } catch (error) {
      throw diskProblem(error, this.folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
    return folder;
  }

  private async makeFiles(draft: ArtifactDraft, folder: string, { fenced }: Making): Promise<string> {
    const { packages } = draft;
    const installed = packages === null ? null : await this.install(packages, fenced);
    await copyTree(draft, folder);
    if (packages !== null) linkPackages(packages, installed!, folder);
    return folder;
  }

  /** An OCI layout beside what it is made of, in the folder of that. */
  private async makeContainer(
    draft: ArtifactDraft,
    folder: string,
    { container, making }: { container: ContainerSource; making: Making },
  ): Promise<string> {
    if (this.containers === null) throw new Error('no images are made here');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const into = path.join(folder, 'layout');
    if (container.kind === 'image') {
      const { image, allowInside } = container;
      const pull = { reference: image, allowInside };
      await this.containers({ into, title: image, pull, build: null }, making);
      return into;
    }
    const { system, name } = container;
    const { digest } = draft;
    const build = { ...(await stageContext(draft, container.dockerfile, folder)), system, digest };
    const isSame = (await this.draft(draft.source)).digest === digest;
    if (!isSame) throw changedMeanwhile(path.join(draft.source.folder, container.dockerfile));
    await this.containers({ into, title: `${system}/${name}`, pull: null, build }, making);
    return into;
  }

  /**
   * Whether its files are those that it was made of; one of an earlier version, of which that is not known, counts as
   * whole. What has not been touched since the last look is not read again.
   */
  async isWhole(digest: string): Promise<boolean> {
    const folder = this.folderOf(digest);
    const files = await sourceFiles(folder, 'all of it').catch(() => null);
    const stamps = JSON.stringify(files?.map(({ path: name, stamp }) => [name, stamp]) ?? null);
    const seen = this.looks.get(digest);
    if (seen?.stamps === stamps) return seen.whole;
    const made = readText(this.treeFile(digest));
    const whole = made === null || (files !== null && (await treeDigest(folder)) === made);
    this.looks.set(digest, { stamps, whole });
    return whole;
  }

  private treeFile(digest: string): string {
    return path.join(this.cache, '..', 'trees', digest);
  }

  private once(digest: string, make: () => Promise<string>): Promise<string> {
    const made = this.making.get(digest) ?? make().finally(() => this.making.delete(digest));
    this.making.set(digest, made);
    return made;
  }
}

function clearUnfinished(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.endsWith(BUILDING)) rmSync(path.join(folder, name), { recursive: true, force: true });
}

/** Over paths, kinds, modes and contents of everything that is in a folder, packages left out. */
async function treeDigest(folder: string): Promise<string> {
  const entries: unknown[] = [];
  for (const file of await sourceFiles(folder, 'all of it')) {
    const content = file.kind === 'file' ? await fileDigest(path.join(folder, file.path)) : file.target;
    entries.push([file.path, file.kind, file.executable, content]);
  }
  return sha256(canonical(entries));
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** The context of a build in a folder, and its Dockerfile beside it: a build sees nothing else. Throws `source-changed`. */
export async function stageContext(
  draft: ArtifactDraft,
  dockerfile: string,
  folder: string,
): Promise<{ context: string; dockerfile: string }> {
  const context = path.join(folder, 'context');
  const file = path.join(folder, 'dockerfile', 'Dockerfile');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await readDockerfile(draft.source.folder, dockerfile));
  await copyTree(draft, context, MODES_OF_CONTEXT);
  return { context, dockerfile: file };
}

interface Modes {
  file: number;
  program: number;
}

const MODES: Modes = { file: 0o444, program: 0o555 };
/** What is copied into an image may be changed there. */
const MODES_OF_CONTEXT: Modes = { file: 0o644, program: 0o755 };

async function copyTree(draft: ArtifactDraft, to: string, modes = MODES): Promise<void> {
  const folders = new Set(draft.files.map((file) => path.dirname(path.join(to, file.path))));
  for (const folder of new Set([to, ...folders])) await mkdir(folder, { recursive: true, mode: 0o755 });
  for (let start = 0; start < draft.files.length; start += COPIES_AT_ONCE)
    await Promise.all(
      draft.files
        .slice(start, start + COPIES_AT_ONCE)
        .map((file) => copyOne(draft.source.folder, to, { file, modes })),
    );
  if (draft.source.static) await copyServer(path.join(to, STATIC_SERVER));
}

async function copyOne(
  from: string,
  to: string,
  { file, modes }: { file: SourceFile; modes: Modes },
): Promise<void> {
  const target = path.join(to, file.path);
  if (file.kind === 'link') return symlink(file.target, target);
  const source = path.join(from, file.path);
  await copyFile(source, target, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? changedMeanwhile(source) : error;
  });
  if (!(await isUnchanged(from, file))) throw changedMeanwhile(source);
  await chmod(target, file.executable ? modes.program : modes.file);
}

function changedMeanwhile(file: string): EscaleError {
  return new EscaleError('source-changed', `${file} changed while it was being delivered`, { place: file });
}

async function copyServer(target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(STATIC_SERVER_FILE, target);
}

/** What describes the system, and what is encrypted beside it, is not for its visitors. */
function isSystemFile(name: string): boolean {
  return ['escale.yaml', 'escale.yml', 'escale.config.ts'].includes(name) || isSecretFile(name);
}

async function packagesOf(source: ArtifactSource): Promise<PackageNeed | null> {
  const need = npmNeed(source.folder, source.top) ?? pythonNeed(source.folder);
  return need === null ? null : withKey(need);
}

/** What folders of a tree need for tests and builds. */
export async function developmentPackages(folders: string[], top: string): Promise<PackageNeed[]> {
  return Promise.all(developmentNeeds(folders, top).map(withKey));
}

async function withKey(need: Omit<PackageNeed, 'key'>): Promise<PackageNeed> {
  const contents = await Promise.all(need.files.map(async ([from, to]) => [to, await fileDigest(from)]));
  const development = need.development === undefined ? [] : [need.development.workspaces];
  return { ...need, key: sha256(canonical([contents, need.workspace, platform(), ...development])) };
}

function platform(): string[] {
  return [process.platform, process.arch, process.versions.node];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
