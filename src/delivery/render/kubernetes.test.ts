import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { EscaleError } from '../../core/errors/index.ts';
import type { KubernetesObject } from '../../core/kubernetes/index.ts';
import { problemsOf } from '../../core/kubernetes/testing/index.ts';
import { type HandOverChoice, USUAL_CHOICE } from '../../core/render/index.ts';
import { temporary, writeTree } from '../testing/tree.ts';
import { renderKubernetesOf, renderRbacOf, staleFiles, writeRendered } from './index.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

const FILES = {
  'shop/escale.yaml': `name: shop
services:
  web: { source: ./web, command: node server.js, port: true, env: { KEY: '\${secret.KEY}', ON: 'no' } }
  site: { source: ./site, static: true }
jobs:
  migrate: { source: ./web, command: node migrate.js, before: deploy, schedule: '@daily', uses: [db] }
resources:
  db: { type: postgres }
routes: { shop.localhost: web, shop.localhost/docs: site }
`,
  'shop/web/server.js': '',
  'shop/site/index.html': '',
  '.git/HEAD': '',
};

/** The objects of a file, as readers of YAML 1.1 take them (Kubernetes' is one). */
function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
}

async function rendered(top: string, choice: Partial<HandOverChoice> = {}, environment = 'local') {
  const request = { environment, choice: { ...USUAL_CHOICE, ...choice }, words: ['-e', environment] };
  const { files } = await renderKubernetesOf(path.join(top, 'shop'), request);
  return Object.fromEntries(files.map(({ path: name, text }) => [name, text]));
}

test('one file for each part, listed in the order in which they come; who makes it again, and what has to be there', async (t) => {
  const files = await rendered(writeTree(temporary(t), FILES));
  const top = 'deploy/shop/kubernetes';
  const resources = [
    'namespace.yaml',
    'network.yaml',
    'resources/db.yaml',
    'jobs/migrate.yaml',
    'services/web.yaml',
    'services/site.yaml',
    'routes.yaml',
  ];
  assert.deepEqual(
    Object.keys(files),
    ['kustomization.yaml', ...resources].map((name) => `${top}/${name}`),
  );
  const text = files[`${top}/kustomization.yaml`]!;
  assert.deepEqual(text.split('\n').slice(0, 5), [
    '# Made by Escale; changes are lost. Make it again: escale render kubernetes shop -e local',
    '# kubectl apply -k deploy/shop/kubernetes (in the top of the repository)',
    '# It needs the Secret secrets in the namespace shop-local, with KEY.',
    '# It needs the Secret db-credentials in the namespace shop-local, with password, superuser-password.',
    '# Images to be set by an overlay (kustomize edit set image NAME=REFERENCE): shop/web, shop/site',
  ]);
  assert.deepEqual(parse(text), {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
  });
  assert.deepEqual(
    objectsIn(files[`${top}/jobs/migrate.yaml`]!).map(({ kind, metadata }) => [kind, metadata.annotations]),
    [
      ['ServiceAccount', { 'argocd.argoproj.io/sync-wave': '-1' }],
      ['NetworkPolicy', { 'argocd.argoproj.io/sync-wave': '-1' }],
      [
        'Job',
        {
          'argocd.argoproj.io/sync-wave': '-1',
          'argocd.argoproj.io/hook': 'Sync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
          'kustomize.toolkit.fluxcd.io/force': 'enabled',
        },
      ],
      ['CronJob', undefined],
    ],
  );
  const web = objectsIn(files[`${top}/services/web.yaml`]!).find(({ kind }) => kind === 'Deployment')!;
  assert.match(JSON.stringify(web), /\{"name":"ON","value":"no"\}/);
});

test('the same file gives the same bytes; another environment has a folder of its own', async (t) => {
  const top = writeTree(temporary(t), FILES);
  assert.deepEqual(await rendered(top), await rendered(writeTree(temporary(t), FILES)));
  const staging = await rendered(top, {}, 'staging');
  const folder = 'deploy/shop/kubernetes/environments/staging';
  assert.ok(Object.keys(staging).every((name) => name.startsWith(`${folder}/`)));
  assert.match(staging[`${folder}/namespace.yaml`]!, /^ {2}name: shop-staging$/m);
});

test('images by digest are those of all programs, or none', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const image = (name: string) => `r.example.org/shop/${name}@sha256:${'a'.repeat(64)}`;
  const images = { web: image('web'), site: image('site'), migrate: image('migrate') };
  const files = await rendered(top, { images });
  assert.doesNotMatch(files['deploy/shop/kubernetes/kustomization.yaml']!, /overlay/);
  assert.match(
    files['deploy/shop/kubernetes/services/site.yaml']!,
    /image: r.example.org\/shop\/site@sha256/,
  );
  await assert.rejects(
    rendered(top, { images: { web: image('web') } }),
    (error: EscaleError) =>
      error.code === 'kubernetes-choice' && error.message === 'there is no image of shop/site, shop/migrate',
  );
});

test('files of parts that are gone are not current, and go; those of others stay', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const render = async () => {
    const request = { environment: 'local', choice: USUAL_CHOICE, words: [] };
    return (await renderKubernetesOf(path.join(top, 'shop'), request)).files;
  };
  writeRendered(await render(), top);
  const folder = path.join(top, 'deploy/shop/kubernetes');
  const old = readFileSync(path.join(folder, 'services/web.yaml'), 'utf8');
  for (const name of ['services/old.yaml', 'rbac.yaml', 'environments/staging/routes.yaml']) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), old);
  }
  writeFileSync(path.join(folder, 'services/theirs.yaml'), 'kind: Service\n');
  assert.deepEqual(staleFiles(await render(), top), ['deploy/shop/kubernetes/services/old.yaml']);
  writeRendered(await render(), top);
  assert.deepEqual(staleFiles(await render(), top), []);
  assert.deepEqual(readdirSync(path.join(folder, 'services')).sort(), [
    'site.yaml',
    'theirs.yaml',
    'web.yaml',
  ]);
  assert.ok(existsSync(path.join(folder, 'rbac.yaml')));
  assert.ok(existsSync(path.join(folder, 'environments/staging/routes.yaml')));
});

test('the rights of the engine come with the namespace that they are for', async (t) => {
  const top = writeTree(temporary(t), FILES);
  const choice = { ...USUAL_CHOICE, namespace: 'elsewhere' };
  const request = { environment: 'local', choice, words: ['--namespace', 'elsewhere'] };
  const { files } = await renderRbacOf(path.join(top, 'shop'), request);
  assert.deepEqual(
    files.map((file) => file.path),
    ['deploy/shop/kubernetes/rbac.yaml'],
  );
  const objects = objectsIn(files[0]!.text);
  assert.deepEqual(
    objects.map(({ kind, metadata }) => [kind, metadata.namespace ?? metadata.name]),
    ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding'].map((kind) => [kind, 'elsewhere']),
  );
  assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
});

test('the manifests of the shipped systems are objects that a cluster takes', async () => {
  const names = globSync('deploy/*/kubernetes/**/*.yaml', { cwd: ROOT }).filter(
    (name) => !name.endsWith('kustomization.yaml'),
  );
  assert.ok(names.length >= 10, `${names.length} files`);
  const objects = names.flatMap((name) => objectsIn(readFileSync(path.join(ROOT, name), 'utf8')));
  assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
});
