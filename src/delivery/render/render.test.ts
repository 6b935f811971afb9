import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { EscaleError } from '../../core/errors/index.ts';
import type { CI_SYSTEMS } from '../../core/render/index.ts';
import { dockerfileProblems } from '../testing/dockerfile.ts';
import { temporary, writeTree } from '../testing/tree.ts';
import { renderCiOf, renderDockerfilesOf, staleFiles, writeRendered } from './index.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

const SHOP = `name: shop
services:
  web: { source: ./web, command: node server.js, port: true, uses: [api] }
  api: { source: ./api, command: python3 app.py, port: true, uses: [db] }
  site: { source: ./site, static: true }
jobs:
  migrate: { source: ./api, command: python3 migrate.py, before: deploy, uses: [db] }
resources:
  db: { type: postgres }
  stats: { type: postgres }
pipeline:
  lint: { source: ./web, command: npm run lint, needs: [] }
  test:
    source: ./api
    command: [python3, -m, pytest, "it's $HOME \${{ github.token }} << pipeline.number >>"]
    needs: []
    uses: [db, stats]
    results: ['reports/*.xml', all.tap]
    artifacts: [coverage]
    cache: [.pytest_cache]
    timeout: 10m
    env: { MODE: 'no', HARD: 'a$b \${{ secrets.X }} << x >>' }
  image: { source: ./web, command: npm run pictures }
environments:
  staging: { branch: develop }
  production: { promoteFrom: staging, approve: true }
`;

const FILES = {
  'shop/escale.yaml': SHOP,
  'shop/web/package.json': '{"name":"web","dependencies":{"ws":"1"},"devDependencies":{"biome":"1"}}',
  'shop/web/package-lock.json': '{"packages":{"":{}}}',
  'shop/web/server.js': '',
  'shop/api/requirements.txt': 'flask\n',
  'shop/api/app.py': '',
  'shop/site/index.html': '',
  '.git/HEAD': '',
};

interface Job {
  [key: string]: unknown;
  needs?: string[];
}

async function yamlOf(ci: (typeof CI_SYSTEMS)[number], top: string, name: RegExp) {
  const { files } = await renderCiOf(ci, path.join(top, 'shop'));
  const file = files.find((each) => name.test(each.path))!;
  assert.match(file.text, new RegExp(`^# Made by Escale; .*: escale ci ${ci} shop\n`));
  return parse(file.text, { version: '1.1' });
}

test('GitLab: steps with databases, results, caches and artifacts; images; a push; a promotion by hand', async (t) => {
  const file = await yamlOf('gitlab', writeTree(temporary(t), FILES), /gitlab/);
  assert.deepEqual(file.stages, ['lint', 'test', 'step:image', 'images', 'deploy']);
  const database = { POSTGRES_USER: 'test', POSTGRES_PASSWORD: 'test', POSTGRES_DB: 'test' };
  assert.deepEqual(file.test, {
    stage: 'test',
    image: 'python:3.13-trixie',
    needs: [],
    timeout: '10 minutes',
    services: [
      { name: 'postgres:18-trixie', alias: 'db', variables: database },
      { name: 'postgres:18-trixie', alias: 'stats', variables: database },
    ],
    variables: {
      PIP_CACHE_DIR: '$CI_PROJECT_DIR/.ci-cache/pip',
      MODE: 'no',
      HARD: { value: 'a$b ${{ secrets.X }} << x >>', expand: false },
      DB_DATABASE_URL: 'postgres://test:test@db:5432/test',
      STATS_DATABASE_URL: 'postgres://test:test@stats:5432/test',
    },
    cache: [
      { key: { files: ['shop/api/requirements.txt'] }, paths: ['.ci-cache/pip/'] },
      { key: 'test-$CI_COMMIT_REF_SLUG', paths: ['shop/api/.pytest_cache'] },
    ],
    script: [
      '(cd shop/api && python3 -m pip install -r requirements.txt)',
      'cd shop/api',
      `python3 -m pytest 'it'\\''s $HOME \${{ github.token }} << pipeline.number >>'`,
    ],
    artifacts: {
      when: 'always',
      expire_in: '30 days',
      paths: ['shop/api/reports/*.xml', 'shop/api/all.tap', 'shop/api/coverage'],
      reports: { junit: ['shop/api/reports/*.xml'] },
    },
  });
  const images = ['image:web', 'image:api', 'image:site'];
  assert.deepEqual(
    Object.keys(file).filter((name) => name.startsWith('image:')),
    images,
  );
  assert.deepEqual(file['image:api'].needs, ['lint', 'step:image']);
  assert.match(
    file['image:api'].script[1],
    /--file deploy\/shop\/api.Dockerfile .*\/shop\/api:\$CI_COMMIT_SHA" \.$/,
  );
  assert.deepEqual(file['deploy:staging'].needs, images);
  assert.deepEqual(file['deploy:staging'].rules, [{ if: '$CI_COMMIT_BRANCH =~ /^develop$/' }]);
  const { needs, rules } = file['promote:production'];
  assert.deepEqual(needs, ['deploy:staging']);
  assert.deepEqual(rules, [{ if: '$CI_COMMIT_BRANCH =~ /^develop$/', when: 'manual', allow_failure: true }]);
});

test('GitHub: nothing of the file is an expression; promotions are started by people only', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const { on, permissions, jobs } = await yamlOf('github', top, /shop\.yml/);
  assert.deepEqual(
    [on, permissions],
    [{ push: { branches: ['develop'] }, pull_request: {} }, { contents: 'read' }],
  );
  assert.equal(jobs.test.env.HARD, "a$b ${{ '${{' }} secrets.X }} << x >>");
  assert.match(jobs.test.steps[4].run, /\$\{\{ '\$\{\{' \}\} github\.token/);
  assert.deepEqual(Object.keys(jobs.test.services), ['db', 'stats']);
  assert.equal(jobs.image_web.if, "github.event_name == 'push'");
  assert.equal(jobs.deploy_staging.if, "github.event_name == 'push' && (github.ref_name == 'develop')");
  const promote = await yamlOf('github', top, /promote/);
  assert.deepEqual(Object.keys(promote.on), ['workflow_dispatch']);
  assert.equal(promote.jobs.promote_production.if, "inputs.environment == 'production'");
});

test('CircleCI: nothing of the file is a parameter; a promotion waits for somebody', async (t) => {
  const { jobs, workflows } = await yamlOf('circleci', writeTree(temporary(t), FILES), /circleci/);
  assert.equal(jobs.test.docker[0].environment.HARD, 'a$b ${{ secrets.X }} \\<< x >>');
  const [step] = jobs.test.steps.filter((each: Job) => (each.run as Job)?.name === 'test');
  assert.match(step.run.command, /timeout 600s python3 -m pytest .*\\<< pipeline/);
  const order = workflows.shop.jobs.map((each: object) => Object.keys(each)[0]);
  assert.deepEqual(order.slice(-3), ['deploy_staging', 'approve_production', 'promote_production']);
  assert.equal(workflows.shop.jobs.at(-2).approve_production.type, 'approval');
});

test('what a job needs is a job, in each of them', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const gitlab = await yamlOf('gitlab', top, /gitlab/);
  const github = await yamlOf('github', top, /shop\.yml/);
  const circleci = await yamlOf('circleci', top, /circleci/);
  const steps: [string, Job][] = circleci.workflows.shop.jobs.flatMap((each: object) => Object.entries(each));
  const graphs = [
    Object.entries<Job>(gitlab).filter(([, job]) => 'script' in job),
    Object.entries<Job>(github.jobs),
    steps.map(([name, { requires }]): [string, Job] => [name, { needs: (requires ?? []) as string[] }]),
  ];
  for (const graph of graphs) {
    const names = graph.map(([name]) => name);
    assert.ok(names.length >= 7, String(names));
    for (const [name, { needs = [] }] of graph)
      for (const need of needs)
        assert.ok(names.indexOf(need) < names.indexOf(name) && names.includes(need), need);
  }
});

test('a Dockerfile that would not build, or runs as root, is seen', (t) => {
  const context = writeTree(temporary(t), { 'a/b': '' });
  const text =
    'FROM x AS one\nCOPY ["a","/a"]\nCOPY ["no/","/b"]\nCOPY --from=two ["/a","/a"]\nRUN npm ci\nADD a /\n';
  assert.deepEqual(dockerfileProblems(text, context), [
    'a is of the other kind',
    'no/ does not exist',
    'no stage two',
    'no list of words: RUN npm ci',
    'unknown instruction: ADD a /',
    'it runs as root',
  ]);
});

test('the Dockerfiles of a system of three languages, and those of the shipped systems, can be built', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const rendered = await renderDockerfilesOf(path.join(top, 'shop'));
  writeRendered(rendered.files, rendered.top);
  const shipped = globSync('deploy/*/*.Dockerfile', { cwd: ROOT });
  assert.ok(shipped.length >= 4);
  const files = [
    ...globSync('deploy/*/*.Dockerfile', { cwd: top }).map((name) => [top, name] as const),
    ...shipped.map((name) => [ROOT, name] as const),
  ];
  for (const [context, name] of files)
    assert.deepEqual(dockerfileProblems(readFileSync(path.join(context, name), 'utf8'), context), [], name);
});

test('a file that Escale did not make is not written over, and then nothing is', async (t) => {
  const top = writeTree(temporary(t), { ...FILES, '.gitlab-ci.yml': 'theirs: true\n' });
  const { files } = await renderCiOf('gitlab', path.join(top, 'shop'));
  const names = files.map((file) => file.path);
  assert.deepEqual(staleFiles(files, top), names);
  assert.throws(
    () => writeRendered(files, top),
    (error: EscaleError) =>
      error.code === 'render-exists' && error.message.startsWith('.gitlab-ci.yml stands'),
  );
  assert.deepEqual(globSync('deploy/**', { cwd: top }), []);
  assert.deepEqual(writeRendered(files, top, { force: true }), names);
  assert.deepEqual([staleFiles(files, top), writeRendered(files, top)], [[], []]);
  writeFileSync(path.join(top, names[1]!), `${files[1]!.text}# by hand\n`);
  assert.deepEqual(staleFiles(files, top), [names[1]]);
  assert.deepEqual(writeRendered(files, top), [names[1]]);
});
