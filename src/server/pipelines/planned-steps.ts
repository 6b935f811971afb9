import type { ResolvedPipeline } from '../../core/manifest/index.ts';
import type { StoredPipelineStep } from './stored.ts';

type Planned = Pick<StoredPipelineStep, 'name' | 'kind' | 'needs' | 'cacheKey'>;

/** All steps after the checkout: those of the file between Escale's own. */
export function plannedSteps(
  { steps, standardQuality }: ResolvedPipeline,
  {
    delivers,
    needsPackages,
    key,
  }: { delivers: boolean; needsPackages: boolean; key: (step: string) => string | null },
): Planned[] {
  const before = needsPackages ? 'install' : 'checkout';
  const own = (name: 'install' | 'quality' | 'release' | 'deploy', needs: string[]): Planned => {
    return { name, kind: name, needs, cacheKey: null };
  };
  const written = steps.filter(({ name }) => delivers || name !== 'build');
  const commands = written.map(({ name, needs }): Planned => {
    const cacheKey = name === 'build' ? null : key(name);
    return { name, kind: 'command', needs: needs.length === 0 ? [before] : needs, cacheKey };
  });
  const names = commands.map(({ name }) => name);
  const tests = names.filter((name) => name !== 'build');
  return [
    ...(needsPackages ? [own('install', ['checkout'])] : []),
    ...commands,
    ...(standardQuality ? [own('quality', [before, ...tests])] : []),
    ...(delivers ? [own('release', [before, ...names]), own('deploy', ['release'])] : []),
  ];
}
