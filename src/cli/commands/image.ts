import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout, homeRoot } from '../../core/home/index.ts';
import { type Compression, parseReference, type Reference } from '../../core/image/index.ts';
import {
  type BaseChoice,
  type Image,
  type ImageName,
  type Images,
  loadImages,
  type OwnImage,
  type OwnName,
  type Pushed,
  type SystemBuildSetting,
  type SystemImages,
} from '../../delivery/index.ts';
import { type ImageOutput, parseOutput } from '../image-output.ts';
import { size, stepPrinter } from '../steps.ts';
import { harmless } from '../text.ts';

interface BuildOptions {
  service?: string;
  base: string;
  compression: Compression;
  pull?: boolean;
  plainHttp?: string[];
  json?: boolean;
}

export function imageCommand(): Command {
  return new Command('image')
    .description('OCI images of services, made without a container engine')
    .addCommand(buildCommand())
    .addCommand(pushCommand())
    .addCommand(baseCommand())
    .addCommand(ownCommand('gateway', 'Make an image of Escale’s own gateway, for clusters'))
    .addCommand(ownCommand('postgres', 'Make an image of the PostgreSQL that Escale brings, for clusters'));
}

function buildCommand(): Command {
  return withBuildOptions('build', 'Build the images of a system’s services and jobs')
    .argument('[folder]', 'folder of the system', '.')
    .option(
      '-o, --output <where>',
      'layout:FOLDER or archive:FILE (for `docker load`); else only into the cache',
    )
    .action((folder: string, options: BuildOptions & { output?: string }) => build(folder, options));
}

function pushCommand(): Command {
  return withBuildOptions('push', 'Build the images, and push them to a registry; the tag is set last')
    .argument('<words...>', '[folder] REGISTRY/NAME[:TAG]; several images get their names behind NAME')
    .action((words: string[], options: BuildOptions) => push(words, options));
}

function baseCommand(): Command {
  return new Command('base')
    .description('Make the base of Debian packages anew, with their newest versions')
    .option(
      '-o, --output <where>',
      'layout:FOLDER or archive:FILE (for `docker load`); else only into the cache',
    )
    .addOption(new Option('--runtime <what>', 'with a runtime in it').choices(['node', 'python']))
    .addOption(compressionOption())
    .option('--json', 'as one JSON object')
    .action(base);
}

function ownCommand(name: OwnName, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('[name]', 'REGISTRY/NAME[:TAG] to push it to, where it is not there yet')
    .option(
      '-o, --output <where>',
      'layout:FOLDER or archive:FILE (for `docker load`); else only into the cache',
    )
    .addOption(compressionOption())
    .option('--pull', 'make it anew, with Debian’s newest packages')
    .option(
      '--plain-http <registry>',
      'speak http with this registry (may be repeated); loopback always may',
      also,
      [],
    )
    .option('--json', 'as one JSON object')
    .action((to: string | undefined, options: OwnOptions) => own(name, to, options));
}

function withBuildOptions(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--service <name>', 'only this service or job')
    .option('--base <base>', 'debian, REGISTRY/NAME[:TAG], layout:FOLDER[@NAME] or tar:FILE', 'debian')
    .addOption(compressionOption())
    .option('--pull', 'ask again what the base’s name means now')
    .option(
      '--plain-http <registry>',
      'speak http with this registry (may be repeated); loopback always may',
      also,
      [],
    )
    .option('--json', 'as one JSON object');
}

function also(word: string, before: string[]): string[] {
  return [...before, word];
}

function compressionOption(): Option {
  return new Option('--compression <how>', 'of the layers').choices(['gzip', 'zstd']).default('gzip');
}

async function build(folder: string, options: BuildOptions & { output?: string }): Promise<void> {
  const output = options.output === undefined ? null : parseOutput(options.output);
  const { built, close } = await buildAll(folder, options);
  try {
    if (output !== null) await write(built, output);
    if (options.json) return console.log(JSON.stringify(jsonOf(built)));
    for (const image of built.images) console.log(lineOf(image));
    if (output !== null) console.log(`✓ written to ${harmless(output.shown)}`);
  } finally {
    close();
  }
}

async function push(words: string[], options: BuildOptions): Promise<void> {
  const [folder, name] = words.length === 1 ? ['.', words[0]!] : words;
  if (words.length > 2 || name === undefined)
    throw new EscaleError('image-reference', 'one folder and one name, please: [folder] REGISTRY/NAME[:TAG]');
  const reference = taggable(name);
  const { built, setting, close } = await buildAll(folder!, options);
  try {
    const pushed: (Pushed & { reference: string })[] = [];
    for (const image of built.images) {
      const to = placeOf(reference, image, built);
      const shown = `${to.registry}/${to.repository}:${to.tag}`;
      const done = setting.step(`push ${shown}`);
      const result = await built.builder.push(image, to, built.base);
      done(result.wasThere ? 'is there already' : `${size(result.sentBytes)} sent`);
      if (result.notAttached !== null) setting.note(`its SBOM could not be attached: ${result.notAttached}`);
      pushed.push({ ...result, reference: `${to.registry}/${to.repository}@${result.digest}` });
    }
    if (options.json) console.log(JSON.stringify({ ...jsonOf(built), pushed }));
    else for (const each of pushed) console.log(`✓ ${each.reference}`);
  } finally {
    close();
  }
}

/** A name to push to. Throws `image-reference`. */
function taggable(name: string): Reference {
  const reference = parseReference(name);
  if (reference.digest === null) return reference;
  throw new EscaleError('image-reference', `${name}: what is pushed has a tag; its digest comes of itself`);
}

/** One image has the name that was given; of several each has its own behind it. */
function placeOf(
  { registry, repository, tag }: Reference,
  image: Image,
  { images, provenance }: SystemImages,
): { registry: string; repository: string; tag: string } {
  const name = images.length === 1 ? repository : `${repository}/${image.name}`;
  return { registry, repository: name, tag: tag ?? provenance.revision?.slice(0, 12) ?? 'dev' };
}

async function base(options: {
  output?: string;
  runtime?: 'node' | 'python';
  compression: Compression;
  json?: boolean;
}): Promise<void> {
  const output = options.output === undefined ? null : parseOutput(options.output);
  const { setting, close, images } = await settingFor(options);
  try {
    const done = setting.step('base debian');
    const builder = images.imagesFor(setting);
    const made = await builder.ownBase({
      compression: options.compression,
      runtime: options.runtime ?? null,
    });
    done();
    const named = { ...made, ref: 'base', tag: 'escale/base:latest', sbom: null };
    if (output?.kind === 'layout') await builder.writeLayout(output.path, [named]);
    if (output?.kind === 'archive') await builder.writeArchive(output.path, [named]);
    const { digest } = made.manifest;
    if (options.json) console.log(JSON.stringify({ digest, bytes: images.bytesOf(made.layers) }));
    else console.log(`✓ base debian ${digest} (${size(images.bytesOf(made.layers))})`);
  } finally {
    close();
  }
}

interface OwnOptions extends Pick<BuildOptions, 'compression' | 'pull' | 'plainHttp' | 'json'> {
  output?: string;
}

async function own(name: OwnName, place: string | undefined, options: OwnOptions): Promise<void> {
  const output = options.output === undefined ? null : parseOutput(options.output);
  const reference = place === undefined ? null : taggable(place);
  const { setting, close, images } = await settingFor(options);
  try {
    const builder = images.imagesFor(setting);
    const found = await images.ownImage(builder, name);
    const to = reference === null ? null : { ...reference, tag: reference.tag ?? found.tag };
    const there = to === null || options.pull || output !== null ? null : await builder.digestOf(to);
    const request = { ...found, ...options, name, to, output, setting, choice: images.parseBase('debian') };
    const digest = there ?? (await makeOwn(builder, request));
    const shown = to === null ? digest : `${to.registry}/${to.repository}@${digest}`;
    if (options.json) console.log(JSON.stringify({ digest, reference: to === null ? null : shown }));
    else console.log(to === null ? `✓ ${name} ${digest}` : `✓ ${shown}`);
  } finally {
    close();
  }
}

interface OwnRequest extends OwnImage {
  name: OwnName;
  choice: BaseChoice;
  compression: BuildOptions['compression'];
  pull?: boolean;
  to: ImageName | null;
  output: ImageOutput | null;
  setting: SystemBuildSetting;
}

/** Its digest. */
async function makeOwn(
  builder: Images,
  { name, choice, compression, pull, to, output, tag, make, setting }: OwnRequest,
): Promise<string> {
  const done = setting.step(`image ${name}`);
  const { image, base } = await make({ choice, compression, renew: pull === true });
  done(size(image.layers.reduce((sum, layer) => sum + layer.size, 0)));
  const named = { ...image, ref: name, tag: `escale/${name}:${tag}` };
  if (output?.kind === 'layout') await builder.writeLayout(output.path, [named]);
  if (output?.kind === 'archive') await builder.writeArchive(output.path, [named]);
  if (to !== null) await builder.push(image, to, base);
  return image.manifest.digest;
}

interface Running {
  setting: SystemBuildSetting;
  images: Awaited<ReturnType<typeof loadImages>>;
  close: () => void;
}

async function settingFor(options: { plainHttp?: string[]; json?: boolean }): Promise<Running> {
  const images = await loadImages();
  const plain = options.plainHttp ?? [];
  const registries = new images.Registries({ plainHttp: (registry) => plain.includes(registry) });
  const home = homeLayout(homeRoot(process.env, os.homedir()), os.tmpdir());
  const steps = stepPrinter({ isSilent: options.json === true });
  const setting = { home, registries, version: packageFile.version, ...steps };
  return { setting, images, close: () => registries.close() };
}

async function buildAll(folder: string, options: BuildOptions): Promise<Running & { built: SystemImages }> {
  const running = await settingFor(options);
  try {
    const { compression } = options;
    const request = {
      ...{ folder, service: options.service ?? null, compression, renew: options.pull === true },
      base: running.images.parseBase(options.base),
    };
    const built = await running.images.buildSystem(request, running.setting);
    return { ...running, built };
  } catch (error) {
    running.close();
    throw error;
  }
}

async function write({ builder, images, system, provenance }: SystemImages, to: ImageOutput): Promise<void> {
  const version = provenance.revision?.slice(0, 12) ?? 'dev';
  const named = images.map((image) => ({
    ...image,
    ...{ ref: image.name, tag: `${system}/${image.name}:${version}` },
  }));
  mkdirSync(path.dirname(to.path), { recursive: true });
  if (to.kind === 'layout') await builder.writeLayout(to.path, named);
  else await builder.writeArchive(to.path, named);
}

function lineOf({ title, manifest, layers }: Image): string {
  const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
  return `✓ ${title} ${manifest.digest} (${layers.length} layers, ${size(bytes)})`;
}

function jsonOf({ system, images, base, provenance }: SystemImages): object {
  return {
    system,
    base: base === null ? null : { name: base.image.name, digest: base.image.digest },
    revision: provenance.revision,
    images: images.map(({ name, manifest, config, layers, sbom }) => ({
      ...{ name, digest: manifest.digest, config: config.digest, sbom: sbom?.digest ?? null },
      layers: layers.map(({ digest, diffId, size: bytes, what }) => ({ digest, diffId, bytes, what })),
    })),
  };
}
