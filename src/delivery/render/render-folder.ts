import path from 'node:path';
import { resolvePipeline, resolveSystem } from '../../core/manifest/index.ts';
import {
  type CiSystem,
  type ImagesWish,
  type RenderedFile,
  renderCi,
  renderCompose,
  renderDockerfiles,
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

async function wishFor(folder: string) {
  const loaded = await loadSystem({ folder });
  const { model } = loaded;
  const parts = { system: resolveSystem(model), pipeline: resolvePipeline(model) };
  const top = repositoryTop(loaded.folder);
  const place = path.relative(top, loaded.folder).split(path.sep).join('/');
  const wish: ImagesWish = { ...parts, repository: lookAtRepository(parts, loaded.folder), place };
  return { top, model, wish };
}
