import { resolveSystem, type SystemFile } from '../core/manifest/index.ts';
import type { Resolution } from '../core/plan/index.ts';
import type { Release } from '../core/release/index.ts';

/** A recorded release as an environment sees it. Its file was valid when it was recorded. */
export function resolveRelease(release: Release, environment: string): Resolution {
  const system = resolveSystem(release.model as SystemFile, environment);
  return { release: release.number, system, artifacts: release.artifacts };
}
