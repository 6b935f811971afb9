import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import { fileDigest } from '../../artifact/digest.ts';
import { runTool } from '../run-tool.ts';
import { NEVER } from './selection.ts';

/** A package as apt would download it. */
export interface DebianPackage {
  /** `libc6_2.36-9+deb12u14_amd64.deb`. */
  file: string;
  /** Hex. */
  sha256: string;
}

/** Where apt keeps what it has downloaded. */
const APT_CACHE = '/var/cache/apt/archives';

/** The packages and all that they need, as apt's lists have them now; sorted. Throws `debian-packages`. */
export async function resolvePackages(names: string[]): Promise<DebianPackage[]> {
  const all = await withNeeds(names);
  const printed = await apt('apt-get', ['download', '--print-uris', ...all]);
  const found = printed
    .toString()
    .split('\n')
    .flatMap((line) => {
      const match = /^'[^']+' ([A-Za-z0-9.+~_%:-]+\.deb) \d+ SHA256:([0-9a-f]{64})$/.exec(line.trim());
      return match === null ? [] : [{ file: match[1]!, sha256: match[2]! }];
    });
  if (found.length < all.length)
    throw failed(`apt names no sha256 for some of ${all.join(', ')}: its lists are missing or old`);
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Follows what packages depend on, without what is only there to install them. */
async function withNeeds(names: string[]): Promise<string[]> {
  const known = new Set(names);
  let fresh = names;
  while (fresh.length > 0) {
    const printed = await apt('apt-cache', ['depends', '--important', ...fresh]);
    fresh = needsIn(printed.toString()).filter((name) => !NEVER.has(name) && !known.has(name));
    for (const name of fresh) known.add(name);
  }
  return [...known].sort();
}

/** The names of `apt-cache depends`: of alternatives the first; virtual packages (`<name>`) are left to others. */
export function needsIn(printed: string): string[] {
  const names: string[] = [];
  let isAlternative = false;
  for (const line of printed.split('\n')) {
    const match = /^ ([ |])(?:Pre)?Depends: (\S+)$/.exec(line);
    if (match === null) continue;
    if (!isAlternative && !match[2]!.startsWith('<')) names.push(match[2]!);
    isAlternative = match[1] === '|';
  }
  return [...new Set(names)];
}

/** The file of a package on this host, its digest checked: from `folder`, from apt's cache, or downloaded by apt. */
export async function fetchPackages(packages: DebianPackage[], folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const missing: DebianPackage[] = [];
  for (const each of packages) if (!(await isKept(each, folder))) missing.push(each);
  if (missing.length > 0) await download(missing, folder);
  return packages.map(({ sha256 }) => fileIn(folder, sha256));
}

function fileIn(folder: string, sha256: string): string {
  return path.join(folder, `${sha256}.deb`);
}

async function isKept({ file, sha256 }: DebianPackage, folder: string): Promise<boolean> {
  const kept = fileIn(folder, sha256);
  if (existsSync(kept) && (await fileDigest(kept)) === sha256) return true;
  const cached = path.join(APT_CACHE, path.basename(file));
  if (!existsSync(cached) || (await fileDigest(cached).catch(() => '')) !== sha256) return false;
  copyFileSync(cached, `${kept}.${process.pid}`);
  renameSync(`${kept}.${process.pid}`, kept);
  return true;
}

async function download(packages: DebianPackage[], folder: string): Promise<void> {
  const temporary = mkdtempSync(path.join(folder, 'download-'));
  try {
    const words = packages.map(({ file }) => wordFor(file));
    await apt('apt-get', ['download', '--quiet', ...words], temporary);
    for (const { file, sha256 } of packages) {
      const got = path.join(temporary, path.basename(file));
      if (!existsSync(got))
        throw failed(
          `apt did not download ${file}; where it is gone, \`escale image base\` takes newer ones`,
        );
      if ((await fileDigest(got)) !== sha256)
        throw new EscaleError('image-damaged', `${file} is not what apt's lists say: its digest differs`);
      renameSync(got, fileIn(folder, sha256));
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** `libc6_2.36-9+deb12u14_amd64.deb` → `libc6=2.36-9+deb12u14`: the very version that was resolved. */
function wordFor(file: string): string {
  const [name, version] = file.replace(/\.deb$/, '').split('_');
  return `${name}=${decodeURIComponent(version!)}`;
}

async function apt(program: string, args: string[], cwd?: string): Promise<Buffer> {
  try {
    const printed = await runTool(program, args, cwd === undefined ? {} : { cwd });
    if (printed === null) throw failed(`${program} is not here: this host is no Debian or Ubuntu`);
    return printed;
  } catch (error) {
    if (error instanceof EscaleError) throw error;
    throw failed(`${program} failed: ${(error as Error).message}`);
  }
}

function failed(why: string): EscaleError {
  return new EscaleError('debian-packages', why);
}
