import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import type { Home } from '../../core/home/index.ts';
import { type Compression, type Start, startOf } from '../../core/image/index.ts';
import { type ResolvedContainer, type ResolvedSystem, resolveSystem } from '../../core/manifest/index.ts';
import { type ArtifactDraft, ArtifactStore, STATIC_SERVER, stageContext } from '../artifact/index.ts';
import { buildArchive } from '../container/builder.ts';
import { loadSystem } from '../source/index.ts';
import type { Base, BaseChoice } from './base/index.ts';
import type { Image } from './describe.ts';
import { Images } from './images.ts';
import { type Provenance, provenanceOf } from './provenance.ts';
import type { Registries } from './registry/index.ts';

export interface SystemBuildRequest {
  folder: string;
  /** Only this service or job. */
  service: string | null;
  base: BaseChoice;
  compression: Compression;
  renew: boolean;
}

export interface SystemBuildSetting {
  home: Home;
  registries: Registries;
  /** Of Escale. */
  version: string;
  /** Something to know on the way. */
  note: (message: string) => void;
  /** Each step, when it begins; call what comes back when it ends. */
  step: (what: string) => (detail?: string) => void;
}

export interface SystemImages {
  system: string;
  images: Image[];
  /** Null: none of them stands on one of Escale's. */
  base: Base | null;
  provenance: Provenance;
  /** To bring them somewhere. */
  builder: Images;
}

/** The images of a home: its cache. */
export function imagesFor({
  home,
  registries,
  version,
}: Pick<SystemBuildSetting, 'home' | 'registries' | 'version'>): Images {
  mkdirSync(home.root, { recursive: true, mode: 0o711 });
  mkdirSync(home.cache, { recursive: true, mode: 0o700 });
  return new Images({ folder: path.join(home.cache, 'images'), registries, builder: version });
}

/** The images of a system's services and jobs, from its folder; nothing of Escale has to run. */
export async function buildSystem(
  request: SystemBuildRequest,
  setting: SystemBuildSetting,
): Promise<SystemImages> {
  const folder = path.resolve(request.folder);
  const builder = imagesFor(setting);
  // git answers while the file is read and checked.
  const [provenance, loaded] = await Promise.all([provenanceOf(folderAt(folder)), loadSystem({ folder })]);
  const system = resolveSystem(loaded.model);
  const parts = partsOf(system, request.service).filter((part) => isBuilt(part, setting));
  const store = artifactsOf(setting);
  const { top } = provenance;
  const drafts = parts.map((part) =>
    draftOf(store, part, { folder: loaded.folder, top, system: system.name }),
  );
  const isBased = parts.some(({ container }) => container === null);
  const foundBase = isBased ? baseOf(builder, request, setting) : null;
  const [base, ...drafted] = await Promise.all([foundBase, ...drafts]);
  const images: Image[] = [];
  for (const [index, part] of parts.entries()) {
    const common = { ...request, ...setting, part, draft: drafted[index]!, system: system.name };
    const isOwn = part.container !== null;
    if (isOwn) images.push(await buildDockerfile(builder, common));
    else images.push(await buildPart(builder, { ...common, store, base: base!, provenance }));
  }
  builder.tidy();
  return { system: system.name, images, base, provenance, builder };
}

/** A system is named by its folder or by its file. */
function folderAt(place: string): string {
  return /\.(?:ya?ml|ts)$/.test(place) ? path.dirname(place) : place;
}

interface Part extends Start {
  container: ResolvedContainer | null;
  source: string;
  isStatic: boolean;
}

function partsOf({ services, jobs, name }: ResolvedSystem, only: string | null): Part[] {
  const all = [
    ...Object.values(services),
    ...Object.values(jobs).map((job) => ({ ...job, static: null, port: false })),
  ].map((each) => ({
    ...startOf(each, STATIC_SERVER),
    ...{ source: each.source, isStatic: each.static !== null, container: each.container },
  }));
  if (only === null) return all;
  const found = all.filter((part) => part.name === only);
  if (found.length > 0) return found;
  throw new EscaleError('system-unknown', `${name} has no service or job ${JSON.stringify(only)}`, {
    next: `Name one of: ${all.map((part) => part.name).join(', ')}.`,
  });
}

/** An image of a registry is there already. */
function isBuilt({ name, container }: Part, { note }: SystemBuildSetting): boolean {
  if (container === null || container.image === null) return true;
  note(`${name} is ${container.image}: there is nothing to build`);
  return false;
}

function draftOf(
  store: ArtifactStore,
  { source, isStatic, container, name }: Part,
  { folder, top, system }: { folder: string; top: string; system: string },
): Promise<ArtifactDraft> {
  const files = { folder: path.resolve(folder, source), top, static: isStatic };
  const dockerfile = container?.dockerfile ?? null;
  if (dockerfile === null) return store.draft(files);
  return store.draft({ ...files, container: { kind: 'dockerfile', dockerfile, system, name } });
}

async function baseOf(
  builder: Images,
  { base, compression, renew }: SystemBuildRequest,
  { step }: SystemBuildSetting,
): Promise<Base> {
  const done = step(`base ${shownBase(base)}`);
  const found = await builder.base({ choice: base, compression, renew });
  done(found.image.digest);
  return found;
}

export function shownBase(choice: BaseChoice): string {
  if (choice.kind === 'registry') return choice.reference;
  if (choice.kind === 'debian') return 'debian';
  return choice.kind === 'tar' ? path.basename(choice.file) : path.basename(choice.folder);
}

interface DockerfileRequest extends SystemBuildSetting {
  part: Part;
  draft: ArtifactDraft;
  system: string;
}

/** What a builder makes of a Dockerfile; Ctrl-C ends it with this command. */
async function buildDockerfile(
  builder: Images,
  { part, draft, system, note, step }: DockerfileRequest,
): Promise<Image> {
  const title = `${system}/${part.name}`;
  const done = step(`image ${title}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-build-'));
  try {
    const files = await stageContext(draft, part.container!.dockerfile!, folder);
    const archive = path.join(folder, 'built.tar');
    const tag = `escale-building/${title}:${path.basename(folder).toLowerCase()}`;
    const { signal } = new AbortController();
    await buildArchive({ ...files, archive, title, tag, keepAs: null }, { say: note, signal });
    const image = await builder.importArchive(archive);
    done(image.manifest.digest);
    return { ...image, title, name: part.name, sbom: null, attached: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface PartRequest extends DockerfileRequest {
  store: ArtifactStore;
  provenance: Provenance;
  base: Base;
  compression: Compression;
  renew: boolean;
}

async function buildPart(builder: Images, request: PartRequest): Promise<Image> {
  const { part, draft, store, system, base, compression, renew, provenance, step } = request;
  const done = step(`image ${system}/${part.name}`);
  const installed = draft.packages === null ? null : await store.install(draft.packages);
  const image = await builder.build({
    ...{ title: `${system}/${part.name}`, start: part, files: { kind: 'draft', draft }, installed },
    ...{ base, compression, renew, ...provenance, version: versionOf(draft.source.folder, provenance) },
  });
  done(image.manifest.digest);
  return image;
}

function artifactsOf({ home, note }: SystemBuildSetting): ArtifactStore {
  return new ArtifactStore({
    folder: home.artifacts,
    cache: path.join(home.cache, 'digests'),
    // The control plane may be building beside us.
    isGuest: true,
    installer: {
      packages: home.packages,
      programFolders: [path.dirname(process.execPath)],
      say: note,
    },
  });
}

/** What the service calls its version, else its commit. */
function versionOf(source: string, { revision }: Provenance): string | null {
  const file = path.join(source, 'package.json');
  try {
    const { version } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { version: null };
    if (typeof version === 'string' && version.length <= 128) return version;
  } catch {
    // A damaged package file is npm's to tell of.
  }
  return revision?.slice(0, 12) ?? null;
}
