import {
  type Account,
  differences,
  type KubernetesPart,
  type KubernetesWish,
  renderNamespace,
  renderRights,
  renderServer,
  renderSystem,
  type ServerWish,
  type Stage,
  secretsNeeded,
} from '../../kubernetes/index.ts';
import { yamlText } from '../ci/yaml-text.ts';
import { header, oneLine, type RenderedFile } from '../rendered-file.ts';
import { ordered } from './order.ts';

/**
 * The plain manifests of a system in an environment, one file for each of its parts, and the `kustomization.yaml` that lists them.
 * `command` makes them again. Throws `kubernetes-impossible`.
 */
export function renderKubernetes(wish: KubernetesWish, command: string): RenderedFile[] {
  const folder = folderOf(wish);
  const parts = renderSystem(wish).map((part) => ({ path: pathOf(part, wish), objects: ordered(part) }));
  return treeOf(parts, { folder, command, notes: notesFor(wish, folder) });
}

/** What runs in a cluster as it was applied there, in the same form. */
export interface Deployed {
  system: string;
  environment: string;
  parts: KubernetesPart[];
}

/** The objects of a running release as files: applied again they change nothing. */
export function renderDeployed({ system, environment, parts }: Deployed, command: string): RenderedFile[] {
  const folder = `deploy/${system}/kubernetes/deployed/${environment}`;
  const named = parts.map(({ name, stage, objects }) => ({ path: placeIn(stage, name), objects }));
  const notes = [
    `What runs in ${environment}, as it was applied there. kubectl diff -k ${folder}`,
    'Values of secrets, and runs of jobs, are not among it.',
  ];
  return treeOf(named, { folder, command, notes });
}

/** One file for each path, and the `kustomization.yaml` that lists them. */
function treeOf(
  parts: { path: string; objects: object[] }[],
  { folder, command, notes }: { folder: string; command: string; notes: string[] },
): RenderedFile[] {
  const files = Map.groupBy(parts, ({ path }) => path);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files.keys()],
  };
  const head = header(command);
  const top = head + notes.map((note) => `# ${oneLine(note)}\n`).join('');
  return [
    { path: `${folder}/kustomization.yaml`, text: top + yamlText(kustomization) },
    ...[...files].map(([path, each]) => ({
      path: `${folder}/${path}`,
      text: head + documents(each.flatMap(({ objects }) => objects)),
    })),
  ];
}

/** Escale itself in a cluster, in the same form. */
export function renderServerFiles(wish: ServerWish, command: string): RenderedFile[] {
  const folder = 'deploy/escale/kubernetes';
  const objects = renderServer(wish);
  const parts = [
    { path: 'namespace.yaml', objects: objects.filter(({ kind }) => kind === 'Namespace') },
    { path: 'server.yaml', objects: objects.filter(({ kind }) => kind !== 'Namespace') },
  ];
  const notes = [
    `kubectl apply -k ${folder} (in the top of the repository)`,
    ...(wish.image.includes('@') ? [] : [overlayNote([wish.image])]),
  ];
  return treeOf(parts, { folder, command, notes });
}

/** What an administrator applies once, so that Escale's engine may work in the namespace. */
export function renderRbac(
  wish: KubernetesWish,
  command: string,
  account: Account | null = null,
): RenderedFile[] {
  const objects = [renderNamespace(wish), ...renderRights(wish, account)];
  return [{ path: `${folderOf(wish)}/rbac.yaml`, text: header(command) + documents(objects) }];
}

function folderOf({ system }: KubernetesWish): string {
  const folder = `deploy/${system.name}/kubernetes`;
  return system.environment === 'local' ? folder : `${folder}/environments/${system.environment}`;
}

function pathOf({ name, stage }: KubernetesPart, { system }: KubernetesWish): string {
  return placeIn(stage === 'services' && !Object.hasOwn(system.services, name) ? 'jobs' : stage, name);
}

function placeIn(stage: Stage, name: string): string {
  return stage === 'base' || stage === 'routes' ? `${name}.yaml` : `${stage}/${name}.yaml`;
}

function documents(objects: object[]): string {
  return objects.map(yamlText).join('---\n');
}

function notesFor(wish: KubernetesWish, folder: string): string[] {
  const { programs, namespace, routing } = wish.options;
  const gateway = routing.kind === 'escale-gateway' ? [routing.image] : [];
  const images = [...new Set([...Object.values(programs).map(({ image }) => image), ...gateway])];
  const open = images.filter((image) => !image.includes('@'));
  return [
    `kubectl apply -k ${folder} (in the top of the repository)`,
    ...secretsNeeded(wish).map(
      ({ name, keys }) =>
        `It needs the Secret ${name} in the namespace ${namespace}, with ${keys.join(', ')}.`,
    ),
    ...(open.length > 0 ? [overlayNote(open)] : []),
    ...differences(wish).map((difference) => `Differs from the file: ${difference}`),
  ];
}

function overlayNote(images: string[]): string {
  return `Images to be set by an overlay (kustomize edit set image NAME=REFERENCE): ${images.join(', ')}`;
}
