import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { CI_SYSTEMS, isCiSystem } from '../../core/render/index.ts';
import { handOver, type RenderOptions, withRenderOptions } from '../rendered.ts';

/** `escale ci`: the same pipeline for a team that keeps its CI. Needs no server. */
export function ciCommand(): Command {
  const command = new Command('ci')
    .description('Write the pipeline of a system for another CI system, and the Dockerfiles that it builds')
    .argument('<ci>', CI_SYSTEMS.join(', '))
    .argument('[folder]', 'folder of the system, or its file', '.');
  return withRenderOptions(command).action((ci: string, folder: string, options: RenderOptions) =>
    render(ci, folder, options),
  );
}

async function render(ci: string, folder: string, options: RenderOptions): Promise<void> {
  if (!isCiSystem(ci))
    throw new EscaleError('render-unknown', `there is no CI system ${JSON.stringify(ci)} here`, {
      next: `Name one of: ${CI_SYSTEMS.join(', ')}.`,
    });
  const { renderCiOf } = await import('../../delivery/index.ts');
  await handOver(await renderCiOf(ci, folder), options);
}
