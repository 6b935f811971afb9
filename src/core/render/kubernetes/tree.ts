import {
  differences,
  type KubernetesPart,
  type KubernetesWish,
  renderNamespace,
  renderRights,
  renderSystem,
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
  const files = new Map<string, KubernetesPart[]>();
  for (const part of renderSystem(wish)) {
    const path = pathOf(part, wish);
    files.set(path, [...(files.get(path) ?? []), part]);
  }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files.keys()],
  };
  const head = header(command);
  const top =
    head +
    notesFor(wish, folder)
      .map((note) => `# ${oneLine(note)}\n`)
      .join('');
  return [
    { path: `${folder}/kustomization.yaml`, text: top + yamlText(kustomization) },
    ...[...files].map(([path, parts]) => ({
      path: `${folder}/${path}`,
      text: head + documents(parts.flatMap(ordered)),
    })),
  ];
}

/** What an administrator applies once, so that Escale's engine may work in the namespace. */
export function renderRbac(wish: KubernetesWish, command: string): RenderedFile[] {
  const objects = [renderNamespace(wish), ...renderRights(wish)];
  return [{ path: `${folderOf(wish)}/rbac.yaml`, text: header(command) + documents(objects) }];
}

function folderOf({ system }: KubernetesWish): string {
  const folder = `deploy/${system.name}/kubernetes`;
  return system.environment === 'local' ? folder : `${folder}/environments/${system.environment}`;
}

function pathOf({ name, stage }: KubernetesPart, { system }: KubernetesWish): string {
  if (stage === 'base' || stage === 'routes') return `${name}.yaml`;
  if (stage === 'resources') return `resources/${name}.yaml`;
  return Object.hasOwn(system.services, name) ? `services/${name}.yaml` : `jobs/${name}.yaml`;
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
    ...(open.length > 0
      ? [`Images to be set by an overlay (kustomize edit set image NAME=REFERENCE): ${open.join(', ')}`]
      : []),
    ...differences(wish).map((difference) => `Differs from the file: ${difference}`),
  ];
}
