import { DOCKER_IMAGE, GIT_IMAGE } from '../base-images.ts';
import type { ImagesWish } from '../dockerfile.ts';
import { buildOf, imagesOf, type ProgramImage } from '../program-image.ts';
import { header, type RenderedFile } from '../rendered-file.ts';
import { type CiStep, ciSteps, junitOf, lastSteps, PACKAGE_CACHES } from './ci-step.ts';
import { promoteScript, pushScript } from './server-calls.ts';
import { quoteWord, quoteWords } from './shell.ts';
import { allBranches, branchExpression, jobBefore, type Promotion, type Push, type Ways } from './ways.ts';
import { yamlText } from './yaml-text.ts';

/** Words of GitLab's own at the top of its file, which no job can be called. */
const RESERVED = new Set(
  'after_script before_script cache default false image include nil pages services spec stages true types variables workflow'.split(
    ' ',
  ),
);

/** `.gitlab-ci.yml` with the same steps, images and ways as the system's file. */
export function renderGitlab(wish: ImagesWish, ways: Ways): RenderedFile {
  const steps = ciSteps(wish);
  const images = imagesOf(wish.system);
  const names = steps.map(({ name }) => jobName(name));
  const last = lastSteps(steps).map(jobName);
  const file = {
    stages: [...new Set([...names, 'images', 'deploy'])],
    // Pipelines of branches only: one for each push, also while a merge request is open.
    workflow: { rules: [{ if: '$CI_COMMIT_BRANCH' }] },
    ...Object.fromEntries(steps.map((step) => [jobName(step.name), stepJob(step)])),
    ...Object.fromEntries(
      images.map((image) => [`image:${image.name}`, imageJob(image, { wish, ways, last })]),
    ),
    ...deliveryJobs(wish.system.name, ways, images),
  };
  return { path: '.gitlab-ci.yml', text: header(`escale ci gitlab ${wish.place}`) + yamlText(file) };
}

function jobName(step: string): string {
  return RESERVED.has(step) ? `step:${step}` : step;
}

function stepJob(step: CiStep): object {
  return {
    stage: jobName(step.name),
    image: step.image,
    needs: step.needs.map(jobName),
    timeout: `${Math.ceil(step.timeoutSeconds / 60)} minutes`,
    ...(step.databases.length > 0 && {
      services: step.databases.map(({ name, image, env }) => ({ name: image, alias: name, variables: env })),
    }),
    ...variablesOf(step),
    ...cacheOf(step),
    script: [
      ...(step.install === null
        ? []
        : [`(cd ${quoteWord(step.install.folder)} && ${quoteWords(step.install.words)})`]),
      `cd ${quoteWord(step.folder)}`,
      quoteWords(step.command),
    ],
    ...artifactsOf(step),
  };
}

/** GitLab fills in what looks like a variable; what is written in the system's file is meant as it stands. */
function variablesOf({ env, install }: CiStep): object {
  const cache = install === null ? null : PACKAGE_CACHES[install.language];
  const written = Object.entries(env).map(([name, value]) => [
    name,
    /[$%]/.test(value) ? { value, expand: false } : value,
  ]);
  const own = cache === null ? [] : [[cache.variable, `$CI_PROJECT_DIR/${cache.folder}`]];
  const all = [...own, ...written];
  return all.length === 0 ? {} : { variables: Object.fromEntries(all) };
}

function cacheOf({ name, install, cache }: CiStep): object {
  const packages =
    install?.lock == null
      ? []
      : [{ key: { files: [install.lock] }, paths: [`${PACKAGE_CACHES[install.language].folder}/`] }];
  const own = cache.length === 0 ? [] : [{ key: `${name}-$CI_COMMIT_REF_SLUG`, paths: cache }];
  const all = [...packages, ...own];
  return all.length === 0 ? {} : { cache: all };
}

function artifactsOf(step: CiStep): object {
  const paths = [...new Set([...step.results, ...step.artifacts])];
  if (paths.length === 0) return {};
  const junit = junitOf(step);
  return {
    artifacts: {
      when: 'always',
      expire_in: '30 days',
      paths,
      ...(junit.length > 0 && { reports: { junit } }),
    },
  };
}

function imageJob(image: ProgramImage, parts: { wish: ImagesWish; ways: Ways; last: string[] }): object {
  const { name: system } = parts.wish.system;
  const { file, context } = buildOf(image, parts.wish);
  const tag = `"$CI_REGISTRY_IMAGE/${system}/${image.name}:$CI_COMMIT_SHA"`;
  const marks = '--build-arg "REVISION=$CI_COMMIT_SHA" --build-arg "SOURCE=$CI_PROJECT_URL"';
  return {
    stage: 'images',
    image: DOCKER_IMAGE,
    services: [`${DOCKER_IMAGE}-dind`],
    needs: parts.last,
    rules: onBranches(allBranches(parts.ways.pushes)),
    variables: { DOCKER_TLS_CERTDIR: '/certs' },
    script: [
      'echo "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
      `docker build --pull --file ${quoteWord(file)} ${marks} --tag ${tag} ${quoteWord(context)}`,
      `docker push ${tag}`,
    ],
  };
}

function onBranches(branches: string[], more: object = {}): object[] {
  return branches.map((branch) => ({ if: `$CI_COMMIT_BRANCH =~ /${branchExpression(branch)}/`, ...more }));
}

function deliveryJobs(system: string, ways: Ways, images: ProgramImage[]): object {
  const after = images.map(({ name }) => `image:${name}`);
  const needsOf = (promotion: Promotion) => {
    const before = jobBefore(promotion, ways);
    return before === null ? after : [`${JOB_NAMES[before.kind]}:${before.environment}`];
  };
  return Object.fromEntries([
    ...ways.pushes.map((push) => [`${JOB_NAMES.push}:${push.environment}`, pushJob(system, push, after)]),
    ...ways.promotions.map((promotion) => [
      `${JOB_NAMES.promotion}:${promotion.environment}`,
      promotionJob(system, promotion, needsOf(promotion)),
    ]),
  ]);
}

const JOB_NAMES = { push: 'deploy', promotion: 'promote' };

function pushJob(system: string, { environment, branches }: Push, needs: string[]): object {
  return {
    stage: 'deploy',
    image: GIT_IMAGE,
    needs,
    rules: onBranches(branches),
    environment: { name: environment },
    // A push needs the whole history.
    variables: { GIT_DEPTH: '0' },
    script: pushScript(system, 'CI_COMMIT_BRANCH'),
  };
}

function promotionJob(system: string, { environment, from, branches }: Promotion, needs: string[]): object {
  return {
    stage: 'deploy',
    image: GIT_IMAGE,
    needs,
    rules: onBranches(branches, { when: 'manual', allow_failure: true }),
    environment: { name: environment },
    variables: { GIT_STRATEGY: 'none' },
    script: promoteScript({ system, environment, from, commitVariable: 'CI_COMMIT_SHA' }),
  };
}
