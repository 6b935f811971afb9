import { GIT_IMAGE } from '../base-images.ts';
import type { ImagesWish } from '../dockerfile.ts';
import { buildOf, imagesOf, type ProgramImage } from '../program-image.ts';
import { header, type RenderedFile } from '../rendered-file.ts';
import { type CiStep, ciSteps, lastSteps, PACKAGE_CACHES } from './ci-step.ts';
import { promoteScript, pushScript } from './server-calls.ts';
import { quoteWord, quoteWords } from './shell.ts';
import { allBranches, branchExpression, type Promotion, type Push, type Ways } from './ways.ts';
import { yamlText } from './yaml-text.ts';

const CHECKOUT = 'actions/checkout@v5';
const CACHE = 'actions/cache@v4';
const UPLOAD = 'actions/upload-artifact@v4';
const BASH = { run: { shell: 'bash' } };

/** A workflow with the same steps, images and pushes as the system's file, and one that people start to promote. */
export function renderGithub(wish: ImagesWish, ways: Ways): RenderedFile[] {
  const { name } = wish.system;
  const head = header(`escale ci github ${wish.place}`);
  const main = { path: `.github/workflows/${name}.yml`, text: head + yamlText(pipelineOf(wish, ways)) };
  if (ways.promotions.length === 0) return [main];
  const text = head + yamlText(promotionsOf(name, ways.promotions));
  return [main, { path: `.github/workflows/${name}-promote.yml`, text }];
}

function pipelineOf(wish: ImagesWish, ways: Ways): object {
  const { name } = wish.system;
  const steps = ciSteps(wish);
  const images = imagesOf(wish.system);
  const last = lastSteps(steps);
  const after = images.map((image) => `image_${image.name}`);
  return {
    name,
    on: { push: { branches: allBranches(ways.pushes).map(branchGlob) }, pull_request: {} },
    permissions: { contents: 'read' },
    defaults: BASH,
    jobs: {
      ...Object.fromEntries(steps.map((step) => [step.name, stepJob(step)])),
      ...Object.fromEntries(images.map((image) => [`image_${image.name}`, imageJob(wish, image, last)])),
      ...Object.fromEntries(
        ways.pushes.map((push) => [`deploy_${push.environment}`, pushJob(name, push, after)]),
      ),
    },
  };
}

/** GitHub's `*` does not stand for a slash, either; its other signs are taken as they are. */
function branchGlob(branch: string): string {
  return branch.replaceAll(/[\\?+[\]!]/g, '\\$&');
}

/** `${{` begins an expression wherever it stands; here it is only a text. */
function literal(text: string): string {
  return text.replaceAll('${{', "${{ '${{' }}");
}

function literals(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, literal(value)]));
}

function stepJob(step: CiStep): object {
  const { install } = step;
  const cache = install === null ? null : PACKAGE_CACHES[install.language];
  const env = {
    ...(cache !== null && { [cache.variable]: `\${{ github.workspace }}/${cache.folder}` }),
    ...literals(step.env),
  };
  return {
    'runs-on': 'ubuntu-latest',
    container: { image: step.image },
    ...(step.needs.length > 0 && { needs: step.needs }),
    'timeout-minutes': Math.ceil(step.timeoutSeconds / 60),
    ...(step.databases.length > 0 && { services: servicesOf(step) }),
    ...(Object.keys(env).length > 0 && { env }),
    steps: [
      { uses: CHECKOUT },
      ...packageCache(step),
      ...ownCache(step),
      ...(install === null
        ? []
        : [{ 'working-directory': install.folder, run: literal(quoteWords(install.words)) }]),
      { name: step.name, 'working-directory': literal(step.folder), run: literal(quoteWords(step.command)) },
      ...upload(`${step.name}-results`, step.results),
      ...upload(`${step.name}-artifacts`, step.artifacts),
    ],
  };
}

function servicesOf({ databases }: CiStep): object {
  const options = '--health-cmd pg_isready --health-interval 2s --health-timeout 2s --health-retries 30';
  return Object.fromEntries(databases.map(({ name, image, env }) => [name, { image, env, options }]));
}

/** Caches of GitHub are kept apart by branch already. */
function packageCache({ install }: CiStep): object[] {
  if (install?.lock == null) return [];
  const { folder } = PACKAGE_CACHES[install.language];
  const prefix = `${install.language}-`;
  const key = `${prefix}\${{ hashFiles('${install.lock.replaceAll("'", "''")}') }}`;
  return [{ uses: CACHE, with: { path: folder, key, 'restore-keys': prefix } }];
}

function ownCache({ name, cache }: CiStep): object[] {
  if (cache.length === 0) return [];
  const prefix = `step-${name}-`;
  const paths = literal(cache.join('\n'));
  return [{ uses: CACHE, with: { path: paths, key: `${prefix}\${{ github.sha }}`, 'restore-keys': prefix } }];
}

function upload(name: string, paths: string[]): object[] {
  if (paths.length === 0) return [];
  const what = { name, path: literal(paths.join('\n')), 'if-no-files-found': 'ignore', 'retention-days': 30 };
  return [{ uses: UPLOAD, if: '${{ !cancelled() }}', with: what }];
}

function imageJob(wish: ImagesWish, image: ProgramImage, needs: string[]): object {
  const system = wish.system.name;
  const { file, context } = buildOf(image, wish);
  const tag = `"ghcr.io/\${GITHUB_REPOSITORY,,}/${system}/${image.name}:$GITHUB_SHA"`;
  const marks =
    '--build-arg "REVISION=$GITHUB_SHA" --build-arg "SOURCE=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"';
  return {
    'runs-on': 'ubuntu-latest',
    ...(needs.length > 0 && { needs }),
    // What a pull request proposes is not pushed anywhere.
    if: "github.event_name == 'push'",
    permissions: { contents: 'read', packages: 'write' },
    steps: [
      { uses: CHECKOUT },
      {
        env: { REGISTRY_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
        run: 'echo "$REGISTRY_TOKEN" | docker login --username "$GITHUB_ACTOR" --password-stdin ghcr.io',
      },
      {
        run: `docker build --pull --file ${literal(quoteWord(file))} ${marks} --tag ${tag} ${literal(quoteWord(context))}`,
      },
      { run: `docker push ${tag}` },
    ],
  };
}

/** Conditions of GitHub know no patterns: the script looks again, and leaves other branches alone. */
function pushJob(system: string, { environment, branches }: Push, needs: string[]): object {
  const expression = branches.map((branch) => `(${branchExpression(branch)})`).join('|');
  return {
    'runs-on': 'ubuntu-latest',
    needs,
    if: `github.event_name == 'push' && (${branches.map(condition).join(' || ')})`,
    environment: environment,
    container: { image: GIT_IMAGE },
    env: { ESCALE_URL: '${{ vars.ESCALE_URL }}', ESCALE_TOKEN: '${{ secrets.ESCALE_TOKEN }}' },
    steps: [
      // A push needs the whole history.
      { uses: CHECKOUT, with: { 'fetch-depth': 0 } },
      {
        run: [
          ...(branches.some((branch) => branch.includes('*'))
            ? [
                `expression='${expression.replaceAll("'", `'\\''`)}'`,
                '[[ "$GITHUB_REF_NAME" =~ $expression ]] || exit 0',
              ]
            : []),
          'git config --global --add safe.directory "$GITHUB_WORKSPACE"',
          ...pushScript(system, 'GITHUB_REF_NAME'),
        ].join('\n'),
      },
    ],
  };
}

function condition(branch: string): string {
  const text = (part: string) => `'${part.replaceAll("'", "''")}'`;
  const parts = branch.split('*');
  if (parts.length === 1) return `github.ref_name == ${text(branch)}`;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  const ends = [
    ...(first === '' ? [] : [`startsWith(github.ref_name, ${text(first)})`]),
    ...(last === '' ? [] : [`endsWith(github.ref_name, ${text(last)})`]),
  ];
  return ends.length === 0 ? 'true' : `(${ends.join(' && ')})`;
}

function promotionsOf(system: string, promotions: Promotion[]): object {
  const environments = promotions.map(({ environment }) => environment);
  const input = {
    description: 'Where the release goes',
    type: 'choice',
    required: true,
    options: environments,
  };
  return {
    name: `${system}: promote`,
    on: { workflow_dispatch: { inputs: { environment: input } } },
    permissions: {},
    defaults: BASH,
    jobs: Object.fromEntries(
      promotions.map((promotion) => [`promote_${promotion.environment}`, promotionJob(system, promotion)]),
    ),
  };
}

function promotionJob(system: string, { environment, from }: Promotion): object {
  return {
    'runs-on': 'ubuntu-latest',
    if: `inputs.environment == '${environment}'`,
    environment: environment,
    env: { ESCALE_URL: '${{ vars.ESCALE_URL }}', ESCALE_TOKEN: '${{ secrets.ESCALE_TOKEN }}' },
    steps: [{ run: promoteScript({ system, environment, from, commitVariable: 'GITHUB_SHA' }).join('\n') }],
  };
}
