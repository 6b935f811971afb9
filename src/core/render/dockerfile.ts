import { fillCommand, type ResolvedPipeline, type ResolvedSystem } from '../manifest/index.ts';
import { type BaseImage, baseOf, languageOf, NGINX } from './base-images.ts';
import { installWords } from './install-words.ts';
import { nginxTemplate } from './nginx.ts';
import { dockerfilePath, imagesOf, type ProgramImage } from './program-image.ts';
import { header, oneLine, type RenderedFile } from './rendered-file.ts';
import { joinPath, type Language, type Packages, type Repository, type SourceFolder } from './repository.ts';

/** Not among the ports that need root. */
const PORT = 8000;
/** A number, so that Kubernetes can tell that it is not root. */
const USER = 1000;

export interface ImagesWish {
  system: ResolvedSystem;
  pipeline: ResolvedPipeline;
  repository: Repository;
  /** Folder of the system as people write it behind a command; empty for the top of the repository. */
  place: string;
}

/** Instructions of a stage, and the image it stands on. */
interface Stage {
  base: BaseImage;
  lines: string[];
}

/** A Dockerfile for each image of a system that has none of its own, with what its build must not see. The context is the top of the repository. */
export function renderDockerfiles(wish: ImagesWish): RenderedFile[] {
  return imagesOf(wish.system)
    .filter(({ dockerfile }) => dockerfile === null)
    .flatMap((image) => filesOf(image, wish));
}

function filesOf(image: ProgramImage, wish: ImagesWish): RenderedFile[] {
  const path = dockerfilePath(wish.system.name, image.name);
  const head = header(`escale render dockerfile ${wish.place}`);
  const template = path.replace(/Dockerfile$/, 'nginx.conf.template');
  const stages = image.static === null ? programStages(image, wish) : staticStages(image, wish, template);
  const bases = [...new Set(stages.map(({ base }) => argumentLine(base)))];
  const parts = [bases, ...stages.map(({ lines }) => lines)].map((lines) => `${lines.join('\n')}\n`);
  return [
    { path, text: [head + about(image, wish.system, path), ...parts].join('\n') },
    { path: `${path}.dockerignore`, text: `${head}${IGNORED.join('\n')}\n` },
    ...(image.static === null ? [] : [{ path: template, text: head + nginxTemplate(image.static) }]),
  ];
}

/** What is no part of a release, either (`delivery/artifact`): packages, caches, and what may hold secrets. */
const IGNORED = [
  '.git',
  '**/node_modules',
  '**/.venv',
  '**/venv',
  '**/__pycache__',
  '**/.escale',
  '**/.DS_Store',
  '**/.env',
  '**/escale.yaml',
  '**/escale.yml',
  '**/escale.config.ts',
  '**/secrets.sops.*',
  '**/secrets.*.sops.*',
];

function about(image: ProgramImage, { name: system }: ResolvedSystem, path: string): string {
  const [first, ...others] = image.programs;
  const also = others.map(
    ({ name, command }) => `#   ${name}: ${oneLine(JSON.stringify(filled(command)))}\n`,
  );
  const how = `docker build --file ${path} . (in the top of the repository)`;
  const more = also.length > 0 ? ['# The same image runs, with another command:\n', ...also] : [];
  return [`# ${system}/${first!.name}: ${how}\n`, ...more].join('');
}

function programStages(image: ProgramImage, wish: ImagesWish): Stage[] {
  const { command } = image.programs[0]!;
  const folder = wish.repository.sources[image.source]!;
  const language = languageOf(command, folder);
  const base = baseOf(language);
  const packages = folder.packages?.language === language ? folder.packages : null;
  const build = buildStage(wish);
  const lines = [
    `FROM ${fromWord(base)}${base.slim}`,
    ...labels(image, wish),
    ...environment(language, packages),
    ...copyPackages(packages),
    ...copySource(folder, build, joinPath('/app', folder.folder)),
    `WORKDIR ${joinPath('/app', folder.folder)}`,
    `USER ${USER}:${USER}`,
    ...(image.port ? [`EXPOSE ${PORT}`] : []),
    `CMD ${JSON.stringify(filled(command))}`,
  ];
  const install = packages === null ? [] : [packagesStage(packages, base)];
  return [...install, ...build, { base, lines }];
}

function staticStages(image: ProgramImage, wish: ImagesWish, template: string): Stage[] {
  const build = buildStage(wish);
  const lines = [
    `FROM ${fromWord(NGINX)}`,
    ...labels(image, wish),
    `ENV PORT=${PORT}`,
    copyFile(template, '/etc/nginx/templates/default.conf.template'),
    ...copySource(wish.repository.sources[image.source]!, build, '/usr/share/nginx/html'),
    `USER ${NGINX.user}:${NGINX.user}`,
    `EXPOSE ${PORT}`,
  ];
  return [...build, { base: NGINX, lines }];
}

function filled(command: string[]): string[] {
  return fillCommand(command, { host: '0.0.0.0', port: PORT });
}

/** Teams that have a mirror of their own name it when they build. */
function argumentLine(base: BaseImage): string {
  return `ARG ${argumentOf(base)}=${base.image}:${base.tag}`;
}

function fromWord(base: BaseImage): string {
  return `\${${argumentOf(base)}}`;
}

function argumentOf({ image }: BaseImage): string {
  return `${image.split('/').at(-1)!.replaceAll('-', '_').toUpperCase()}_IMAGE`;
}

function environment(language: Language | null, packages: Packages | null): string[] {
  const common = [`ENV HOST=0.0.0.0 PORT=${PORT} HOME=/tmp`];
  if (language === 'node') return [...common, 'ENV NODE_ENV=production'];
  if (language !== 'python') return common;
  const python = [...common, 'ENV PYTHONUNBUFFERED=1'];
  return packages === null ? python : [...python, 'ENV PATH=/opt/venv/bin:$PATH'];
}

/** Only what the installer reads is copied before it runs: it runs again only when that changes. */
function packagesStage(packages: Packages, base: BaseImage): Stage {
  const lines = [
    `FROM ${fromWord(base)} AS packages`,
    ...(packages.language === 'python' ? ['RUN ["python3","-m","venv","/opt/venv"]'] : []),
    ...packages.files.map((file) => copyFile(file, `/app/${file}`)),
    `WORKDIR ${joinPath('/app', packages.root)}`,
    `RUN ${JSON.stringify(installWords(packages, { development: false }))}`,
  ];
  return { base, lines };
}

function copyPackages(packages: Packages | null): string[] {
  if (packages === null) return [];
  const place = packages.language === 'node' ? '/app' : '/opt/venv';
  return [copyFolder(place, place, '--from=packages ')];
}

/** Files come from the repository, or from what the pipeline's `build` made of it. */
function copySource({ folder }: SourceFolder, build: Stage[], to: string): string[] {
  const built = build.length > 0;
  return [copyFolder(built ? joinPath('/app', folder) : folder, to, built ? '--from=build ' : '')];
}

/** The pipeline's own `build`, where there is one: what it makes is delivered. */
function buildStage({ pipeline, repository }: ImagesWish): Stage[] {
  const step = pipeline.steps.find(({ name }) => name === 'build');
  if (step === undefined) return [];
  const folder = repository.sources[step.source]!;
  const base = baseOf(languageOf(step.command, { ...folder, packages: folder.development }));
  const env = Object.entries(step.env).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `FROM ${fromWord(base)} AS build`,
    copyFolder('.', '/app'),
    ...installLines(folder.development),
    `WORKDIR ${joinPath('/app', folder.folder)}`,
    `RUN ${JSON.stringify([...(env.length > 0 ? ['env', ...env] : []), ...step.command])}`,
    // Those for development go: the packages stage has the ones that stay.
    'RUN ["find","/app","-name","node_modules","-prune","-exec","rm","-rf","{}","+"]',
  ];
  return [{ base, lines }];
}

function installLines(packages: Packages | null): string[] {
  if (packages === null) return [];
  return [
    `WORKDIR ${joinPath('/app', packages.root)}`,
    `RUN ${JSON.stringify(installWords(packages, { development: true }))}`,
  ];
}

function copyFile(from: string, to: string): string {
  return `COPY ${JSON.stringify([from, to])}`;
}

/** What is in a folder; with a slash at its end it can't be taken for a file. */
function copyFolder(from: string, to: string, option = ''): string {
  return `COPY ${option}${JSON.stringify([`${from}/`, `${to}/`])}`;
}

function labels({ name }: ProgramImage, { system }: ImagesWish): string[] {
  return [
    'ARG REVISION=unknown',
    'ARG SOURCE=unknown',
    `LABEL org.opencontainers.image.title=${JSON.stringify(`${system.name}/${name}`)}`,
    'LABEL org.opencontainers.image.revision=$REVISION',
    'LABEL org.opencontainers.image.source=$SOURCE',
  ];
}
