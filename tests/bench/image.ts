import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { areThere } from '../../src/delivery/image/testing/programs.ts';
import { type RealRegistry, realRegistry } from '../../src/delivery/image/testing/real-registry.ts';
import { loadImages } from '../../src/delivery/index.ts';
import { type Application, makeApplication } from './image/application.ts';
import {
  BASE_NAME,
  type Builder,
  buildahBuilder,
  dockerBuilders,
  escaleBuilder,
  writeDockerfile,
} from './image/builders.ts';
import { median } from './stage.ts';

const ROUNDS = 5;
/** One file is changed so many times in each round: it is the shortest step, so what else runs disturbs it most. */
const FILE_CHANGES = 3;
const STEPS = ['cold', 'file', 'dependency'] as const;
type Step = (typeof STEPS)[number];

/** A builder with the times of its steps, ms. */
interface Measured {
  builder: Builder;
  application: Application;
  times: Record<Step, number[]>;
}

/**
 * From changed files to a tag in a registry on loopback, for an application with about 140 MB of modules: Escale,
 * `docker build` and `docker push`, BuildKit where docker has it, and buildah, on the same files and the same base.
 *   npm run bench -- image [ROUNDS]
 */
export async function run(args: string[]): Promise<void> {
  const needed = ['docker-registry', 'docker', 'dockerd', 'buildah'];
  if (!areThere(...needed)) return void console.log(`SKIPPED: ${needed.join(', ')} are needed`);
  const rounds = Number(args[0] ?? ROUNDS);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-bench-image-'));
  const registry = await realRegistry();
  const builders: Builder[] = [];
  try {
    const base = await makeBase(folder);
    builders.push(escaleBuilder(base.cache));
    builders.push(...(await dockerBuilders(base.archive)));
    builders.push(await buildahBuilder(path.join(folder, 'buildah'), base.archive));
    const all: Measured[] = [];
    for (const builder of builders) all.push(await prepare(folder, builder));
    for (let round = 0; round < rounds; round++)
      for (const each of rotated(all, round)) await measure(each, registry, round);
    report(all, rounds);
  } finally {
    for (const builder of builders) await builder.close();
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Base and runtime in one image, for the others; and Escale's cache that has just these. */
async function makeBase(folder: string): Promise<{ cache: string; archive: string }> {
  const cache = path.join(folder, 'base');
  const archive = path.join(folder, 'base.tar');
  const images = await loadImages();
  const registries = new images.Registries();
  const builder = new images.Images({ folder: cache, registries, builder: 'bench' });
  const made = await builder.ownBase({ compression: 'gzip', runtime: 'node' });
  await builder.writeArchive(archive, [{ ...made, ref: 'base', tag: BASE_NAME, sbom: null }]);
  registries.close();
  return { cache, archive };
}

async function prepare(folder: string, builder: Builder): Promise<Measured> {
  const own = path.join(folder, builder.name);
  const home = path.join(own, 'home');
  mkdirSync(home, { recursive: true });
  const application = await makeApplication(path.join(own, 'context'), home);
  writeDockerfile(application);
  return { builder, application, times: { cold: [], file: [], dependency: [] } };
}

async function measure({ builder, application, times }: Measured, registry: RealRegistry, round: number) {
  await builder.forget(application);
  const reference = (tag: string) => `${registry.host}/bench/${builder.name}-${round}:${tag}`;
  const timed = async (step: Step, tag: string = step) => {
    const began = performance.now();
    await builder.buildAndPush(application, reference(tag));
    const ms = performance.now() - began;
    times[step].push(ms);
    console.log(`round ${round + 1}, ${builder.name}, ${step}: ${Math.round(ms)} ms`);
  };
  await timed('cold');
  for (let change = 0; change < FILE_CHANGES; change++) {
    application.changeFile();
    await timed('file', `file-${change}`);
  }
  await application.changeDependency();
  await timed('dependency');
}

/** Another one begins in each round. */
function rotated<T>(items: T[], by: number): T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function report(all: Measured[], rounds: number): void {
  const medians = Object.fromEntries(
    all.map(({ builder, times }) => [
      builder.name,
      Object.fromEntries(STEPS.map((step) => [step, Math.round(median(times[step]))])),
    ]),
  ) as Record<string, Record<Step, number>>;
  const times = Object.fromEntries(STEPS.map((step) => [step, ratio(medians, step)]));
  for (const [name, { cold, file, dependency }] of Object.entries(medians))
    console.log(`${name}: cold ${cold} ms, one file ${file} ms, one dependency ${dependency} ms`);
  console.log(JSON.stringify({ bench: 'image', rounds, medianMs: medians, timesFaster: times }));
}

/** How many times as long as Escale the fastest other one takes. */
function ratio(medians: Record<string, Record<Step, number>>, step: Step): number {
  const others = Object.entries(medians).filter(([name]) => name !== 'escale');
  const fastest = Math.min(...others.map(([, each]) => each[step]));
  return Math.round((fastest / medians.escale![step]) * 10) / 10;
}
