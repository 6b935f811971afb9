import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Account } from '../../core/kubernetes/index.ts';
import { resolvePipeline, resolveSystem } from '../../core/manifest/index.ts';
import {
  type CiSystem,
  type HandOverChoice,
  handOverWish,
  type ImagesWish,
  type RenderedFile,
  renderCi,
  renderCompose,
  renderDockerfiles,
  renderKubernetes,
  renderRbac,
} from '../../core/render/index.ts';
import { loadSystem } from '../source/index.ts';
import { lookAtRepository, repositoryTop } from './look.ts';

/** What is rendered of a system, and where its repository begins. */
export interface Rendered {
  system: string;
  /** Absolute. */
  top: string;
  files: RenderedFile[];
}

/** A pipeline for another CI system, with the Dockerfiles that it builds. Throws what `loadSystem` throws. */
export async function renderCiOf(ci: CiSystem, folder: string): Promise<Rendered> {
  const { top, model, wish } = await wishFor(folder);
  return { system: model.name, top, files: renderCi(ci, model, wish) };
}

/** A Dockerfile for each program of a system. Throws what `loadSystem` throws. */
export async function renderDockerfilesOf(folder: string): Promise<Rendered> {
  const { top, model, wish } = await wishFor(folder);
  return { system: model.name, top, files: renderDockerfiles(wish) };
}

/** The compose file of a system, with a Dockerfile for each program. Throws what `loadSystem` throws. */
export async function renderComposeOf(folder: string): Promise<Rendered> {
  const { top, model, wish } = await wishFor(folder);
  return { system: model.name, top, files: renderCompose(wish) };
}

/** The name in the file of a folder; a word that is no folder is a name itself. Throws what `loadSystem` throws. */
export async function systemNamed(word: string): Promise<string> {
  return existsSync(word) ? (await loadSystem({ folder: word })).model.name : word;
}

/** What is chosen for Kubernetes beside the file. */
export interface KubernetesRequest {
  environment: string;
  choice: HandOverChoice;
  /** The options that say the same on the command line, as words. */
  words: string[];
}

/**
 * The manifests of a system for kubectl and what builds on it. Throws what `loadSystem` throws, `unknown-environment`,
 * `kubernetes-choice`, `kubernetes-impossible`.
 */
export async function renderKubernetesOf(folder: string, request: KubernetesRequest): Promise<Rendered> {
  const { rendered, wish, command } = await kubernetesWish('kubernetes', folder, request);
  return { ...rendered, files: renderKubernetes(wish, command) };
}

/**
 * The rights that Escale's engine needs in the namespace of a system; `account`: one of the cluster that has them, instead
 * of one there. Throws as `renderKubernetesOf`.
 */
export async function renderRbacOf(
  folder: string,
  request: KubernetesRequest,
  account: Account | null = null,
): Promise<Rendered> {
  const { rendered, wish, command } = await kubernetesWish('rbac', folder, request);
  return { ...rendered, files: renderRbac(wish, command, account) };
}

async function kubernetesWish(
  what: string,
  folder: string,
  { environment, choice, words }: KubernetesRequest,
) {
  const { model, folder: found } = await loadSystem({ folder });
  const top = repositoryTop(found);
  return {
    rendered: { system: model.name, top },
    wish: handOverWish(resolveSystem(model, environment), choice),
    command: ['escale', 'render', what, placeOf(found, top), ...words]
      .filter((word) => word !== '')
      .join(' '),
  };
}

function placeOf(folder: string, top: string): string {
  return path.relative(top, folder).split(path.sep).join('/');
}

async function wishFor(folder: string) {
  const loaded = await loadSystem({ folder });
  const { model } = loaded;
  const parts = { system: resolveSystem(model), pipeline: resolvePipeline(model) };
  const top = repositoryTop(loaded.folder);
  const place = placeOf(loaded.folder, top);
  const wish: ImagesWish = { ...parts, repository: lookAtRepository(parts, loaded.folder), place };
  return { top, model, wish };
}
