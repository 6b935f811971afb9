import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePipeline, resolveSystem, type SystemFile } from '../manifest/index.ts';
import { renderDockerfiles } from './dockerfile.ts';
import type { Packages, SourceFolder } from './repository.ts';

const NPM: Packages = {
  ...{ language: 'node', root: '.', workspace: 'web', lock: 'package-lock.json' },
  files: ['package.json', 'package-lock.json', 'web/package.json'],
};

function render(model: SystemFile, sources: Record<string, Partial<SourceFolder>>) {
  const folders = Object.entries(sources).map(([source, folder]) => [
    source,
    { folder: source, language: null, packages: null, development: null, ...folder },
  ]);
  const repository = { system: '.', sources: Object.fromEntries(folders) };
  const parts = { system: resolveSystem(model), pipeline: resolvePipeline(model) };
  const files = renderDockerfiles({ ...parts, repository, place: '' });
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

test('a workspace: only its packages, then only its files, as nobody', () => {
  const model: SystemFile = {
    name: 'shop',
    services: { web: { source: 'web', command: `node server.ts --port \${PORT} "it's"`, port: true } },
    jobs: { tidy: { source: 'web', command: 'node tidy.ts' } },
  };
  const files = render(model, { web: { packages: NPM, development: NPM } });
  assert.deepEqual(Object.keys(files), [
    'deploy/shop/web.Dockerfile',
    'deploy/shop/web.Dockerfile.dockerignore',
  ]);
  assert.equal(
    files['deploy/shop/web.Dockerfile'],
    `# Made by Escale; changes are lost. Make it again: escale render dockerfile
# shop/web: docker build --file deploy/shop/web.Dockerfile . (in the top of the repository)
# The same image runs, with another command:
#   tidy: ["node","tidy.ts"]

ARG NODE_IMAGE=node:26-trixie

FROM \${NODE_IMAGE} AS packages
COPY ["package.json","/app/package.json"]
COPY ["package-lock.json","/app/package-lock.json"]
COPY ["web/package.json","/app/web/package.json"]
WORKDIR /app
RUN ["npm","ci","--omit=dev","--workspace","web","--no-audit","--no-fund"]

FROM \${NODE_IMAGE}-slim
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="shop/web"
LABEL org.opencontainers.image.revision=$REVISION
LABEL org.opencontainers.image.source=$SOURCE
ENV HOST=0.0.0.0 PORT=8000 HOME=/tmp
ENV NODE_ENV=production
COPY --from=packages ["/app/","/app/"]
COPY ["web/","/app/web/"]
WORKDIR /app/web
USER 1000:1000
EXPOSE 8000
CMD ["node","server.ts","--port","8000","it's"]
`,
  );
});

test('Python gets an environment of its own; a worker exposes nothing', () => {
  const packages: Packages = {
    ...NPM,
    ...{ language: 'python', root: 'job', workspace: '.', files: ['job/requirements.txt'] },
  };
  const model: SystemFile = { name: 'shop', services: { job: { source: 'job', command: 'celery worker' } } };
  const text = render(model, { job: { packages, development: packages } })['deploy/shop/job.Dockerfile']!;
  assert.match(text, /^RUN \["\/opt\/venv\/bin\/python","-m","pip","install","-r","requirements.txt"\]$/m);
  assert.match(text, /^ENV PATH=\/opt\/venv\/bin:\$PATH$/m);
  assert.match(text, /^CMD \["celery","worker"\]$/m);
  assert.doesNotMatch(text, /EXPOSE|HEALTHCHECK/);
});

test('files are served by nginx, and unknown paths of a single-page application are its own', () => {
  const model: SystemFile = {
    name: 'shop',
    services: { site: { source: 'site', static: { spa: true } }, docs: { source: 'docs', static: true } },
  };
  const files = render(model, { site: {}, docs: {} });
  assert.match(files['deploy/shop/site.Dockerfile']!, /^USER 101:101$/m);
  assert.match(
    files['deploy/shop/site.nginx.conf.template']!,
    /try_files \$uri \$uri\/index.html \/index.html;/,
  );
  assert.match(files['deploy/shop/docs.nginx.conf.template']!, /try_files \$uri \$uri\/index.html =404;/);
});

test('what the pipeline builds is what is delivered', () => {
  const model: SystemFile = {
    name: 'shop',
    services: { web: { source: 'web', command: 'node server.js', port: true } },
    pipeline: { build: { source: 'web', command: 'npm run build', env: { MODE: '$a "b"\n' } } },
  };
  const text = render(model, { web: { packages: NPM, development: NPM } })['deploy/shop/web.Dockerfile']!;
  assert.match(text, /^RUN \["npm","ci","--include=dev","--no-audit","--no-fund"\]$/m);
  assert.match(text, /^RUN \["env","MODE=\$a \\"b\\"\\n","npm","run","build"\]$/m);
  assert.match(text, /^COPY --from=build \["\/app\/web\/","\/app\/web\/"\]$/m);
});

test('neither the file of the system nor secrets get into an image', () => {
  const model: SystemFile = { name: 'shop', services: { web: { command: './server' } } };
  const files = render(model, { '.': {} });
  const ignored = files['deploy/shop/web.Dockerfile.dockerignore']!.split('\n');
  for (const name of ['.git', '**/.env', '**/escale.yaml', '**/secrets.sops.*', '**/secrets.*.sops.*'])
    assert.ok(ignored.includes(name), name);
  assert.match(files['deploy/shop/web.Dockerfile']!, /^FROM \$\{DEBIAN_IMAGE\}-slim$/m);
});
