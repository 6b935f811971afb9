import { GIT_IMAGE } from '../base-images.ts';
import type { ImagesWish } from '../dockerfile.ts';
import { buildOf, imagesOf, type ProgramImage } from '../program-image.ts';
import { header, type RenderedFile } from '../rendered-file.ts';
import { type CiStep, ciSteps, lastSteps, PACKAGE_CACHES } from './ci-step.ts';
import { promoteScript, pushScript } from './server-calls.ts';
import { quotePattern, quoteWord, quoteWords } from './shell.ts';
import { allBranches, branchExpression, jobBefore, type Promotion, type Ways } from './ways.ts';
import { yamlText } from './yaml-text.ts';

/** Has a client for Docker; CircleCI's own. */
const DOCKER_CLIENT = 'cimg/base:current';

/** With every object: a push to another place needs them. */
const WHOLE_CHECKOUT = { checkout: { method: 'full' } };

/** `.circleci/config.yml` with the same steps, images and ways as the system's file. */
export function renderCircleci(wish: ImagesWish, ways: Ways): RenderedFile {
  const { name } = wish.system;
  const steps = ciSteps(wish);
  const images = imagesOf(wish.system);
  const file = {
    version: 2.1,
    jobs: {
      ...Object.fromEntries(steps.map((step) => [step.name, stepJob(step)])),
      ...Object.fromEntries(images.map((image) => [`image_${image.name}`, imageJob(wish, image)])),
      ...Object.fromEntries(ways.pushes.map(({ environment }) => [`deploy_${environment}`, pushJob(name)])),
      ...Object.fromEntries(
        ways.promotions.map((each) => [`promote_${each.environment}`, promotionJob(name, each)]),
      ),
    },
    workflows: { [name]: { jobs: workflowOf(steps, images, ways) } },
  };
  return { path: '.circleci/config.yml', text: header(`escale ci circleci ${wish.place}`) + yamlText(file) };
}

/** `<<` begins a parameter wherever it stands; here it is only a text. */
function literal(text: string): string {
  return text.replaceAll('<<', '\\<<');
}

function run(name: string, lines: string[], more: object = {}): object {
  return { run: { name, ...more, command: lines.map(literal).join('\n') } };
}

function stepJob(step: CiStep): object {
  const { install } = step;
  const cache = install === null ? null : PACKAGE_CACHES[install.language];
  const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, literal(value)]));
  const databases = step.databases.map(({ name, image, env: environment }) => ({ image, name, environment }));
  // The folder of the repository is CircleCI's to choose: installers are told by a line of the script.
  const cacheLine = cache === null ? [] : [`export ${cache.variable}="$PWD/${cache.folder}"`];
  return {
    docker: [{ image: step.image, ...(Object.keys(env).length > 0 && { environment: env }) }, ...databases],
    steps: [
      'checkout',
      ...restorePackages(step),
      ...restoreOwn(step),
      ...(install === null
        ? []
        : [
            run('Install packages', [
              ...cacheLine,
              `cd ${quoteWord(install.folder)}`,
              quoteWords(install.words),
            ]),
          ]),
      ...savePackages(step),
      ...step.databases.map(({ name }) => run(`Wait for ${name}`, waitFor(name))),
      run(step.name, commandLines(step), { no_output_timeout: `${step.timeoutSeconds}s` }),
      ...saveOwn(step),
      ...collect('results', step.results, 'store_test_results'),
      ...collect('artifacts', step.artifacts, 'store_artifacts'),
    ],
  };
}

/** A job of CircleCI has no time limit of its own: the program that starts the command has. */
function commandLines({ folder, timeoutSeconds, command }: CiStep): string[] {
  return [`cd ${quoteWord(folder)}`, `timeout ${timeoutSeconds}s ${quoteWords(command)}`];
}

/** PostgreSQL listens on its port only once it is made; bash opens connections by itself. */
function waitFor(host: string): string[] {
  return [
    `for try in $(seq 60); do (exec 3<>/dev/tcp/${host}/5432) 2>/dev/null && exit 0; sleep 1; done`,
    `echo '${host} does not answer' >&2; exit 1`,
  ];
}

function packageKey({ install }: CiStep): string | null {
  return install?.lock == null ? null : `${install.language}-{{ checksum "${install.lock}" }}`;
}

function restorePackages(step: CiStep): object[] {
  const key = packageKey(step);
  return key === null ? [] : [{ restore_cache: { keys: [key] } }];
}

function savePackages(step: CiStep): object[] {
  const key = packageKey(step);
  if (key === null) return [];
  return [{ save_cache: { key, paths: [PACKAGE_CACHES[step.install!.language].folder] } }];
}

/** By branch: what one branch kept is not another's. */
function restoreOwn({ name, cache }: CiStep): object[] {
  return cache.length === 0 ? [] : [{ restore_cache: { keys: [`step-${name}-{{ .Branch }}-`] } }];
}

function saveOwn({ name, cache }: CiStep): object[] {
  const key = `step-${name}-{{ .Branch }}-{{ .Revision }}`;
  return cache.length === 0 ? [] : [{ save_cache: { key, paths: cache.map(literal) } }];
}

/** CircleCI keeps folders, not patterns: what matches is copied into one first, also after a failure. */
function collect(what: string, patterns: string[], store: string): object[] {
  if (patterns.length === 0) return [];
  const folder = `/tmp/${what}`;
  const copy = `cp --parents --recursive --target-directory ${folder} ${patterns.map(quotePattern).join(' ')}`;
  const lines = ['shopt -s globstar nullglob', `mkdir -p ${folder}`, `${copy} || true`];
  return [run(`Collect ${what}`, lines, { when: 'always' }), { [store]: { path: folder } }];
}

function imageJob(wish: ImagesWish, image: ProgramImage): object {
  const system = wish.system.name;
  const { file, context } = buildOf(image, wish);
  const tag = `"$REGISTRY/${system}/${image.name}:$CIRCLE_SHA1"`;
  const marks = '--build-arg "REVISION=$CIRCLE_SHA1" --build-arg "SOURCE=$CIRCLE_REPOSITORY_URL"';
  return {
    docker: [{ image: DOCKER_CLIENT }],
    steps: [
      'checkout',
      'setup_remote_docker',
      run('Sign in', [
        'echo "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin "$REGISTRY"',
      ]),
      run('Build', [
        `docker build --pull --file ${quoteWord(file)} ${marks} --tag ${tag} ${quoteWord(context)}`,
      ]),
      run('Push', [`docker push ${tag}`]),
    ],
  };
}

function pushJob(system: string): object {
  return {
    docker: [{ image: GIT_IMAGE }],
    steps: [WHOLE_CHECKOUT, run('Push', pushScript(system, 'CIRCLE_BRANCH'))],
  };
}

function promotionJob(system: string, { environment, from }: Promotion): object {
  const script = promoteScript({ system, environment, from, commitVariable: 'CIRCLE_SHA1' });
  return { docker: [{ image: GIT_IMAGE }], steps: [run('Promote', script)] };
}

function workflowOf(steps: CiStep[], images: ProgramImage[], ways: Ways): object[] {
  const last = lastSteps(steps);
  const after = images.map(({ name }) => `image_${name}`);
  return [
    ...steps.map(({ name, needs }) => ({ [name]: requires(needs) })),
    ...after.map((name) => ({ [name]: { ...requires(last), ...onBranches(allBranches(ways.pushes)) } })),
    ...ways.pushes.map(({ environment, branches }) => ({
      [`deploy_${environment}`]: { ...requires(after), ...onBranches(branches) },
    })),
    ...ways.promotions.flatMap((promotion) => promotionSteps(promotion, ways, after)),
  ];
}

/** Somebody agrees first, on the page of the pipeline. */
function promotionSteps(promotion: Promotion, ways: Ways, after: string[]): object[] {
  const { environment, branches } = promotion;
  const before = jobBefore(promotion, ways);
  const names = { push: 'deploy', promotion: 'promote' };
  const needs = before === null ? after : [`${names[before.kind]}_${before.environment}`];
  const filters = onBranches(branches);
  return [
    { [`approve_${environment}`]: { type: 'approval', ...requires(needs), ...filters } },
    { [`promote_${environment}`]: { ...requires([`approve_${environment}`]), ...filters } },
  ];
}

function requires(names: string[]): object {
  return names.length === 0 ? {} : { requires: names };
}

function onBranches(branches: string[]): object {
  return { filters: { branches: { only: branches.map((branch) => `/${branchExpression(branch)}/`) } } };
}
