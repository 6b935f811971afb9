import { Command } from 'commander';
import type { Rendered } from '../../delivery/index.ts';
import { handOver, type RenderOptions, withRenderOptions } from '../rendered.ts';

/** `escale render`: files for other tools, from a system's file. Needs no server. */
export function renderCommand(): Command {
  return new Command('render')
    .description('Write files for other tools from the file of a system')
    .addCommand(dockerfileCommand())
    .addCommand(composeCommand());
}

function dockerfileCommand(): Command {
  const what = 'Write a Dockerfile for each program; programs of one folder share one';
  return renderer('dockerfile', what, async (folder) => {
    const { renderDockerfilesOf } = await import('../../delivery/index.ts');
    return renderDockerfilesOf(folder);
  });
}

function composeCommand(): Command {
  const what = 'Write a compose file with everything of a system, and the Dockerfiles that it builds';
  return renderer('compose', what, async (folder) => {
    const { renderComposeOf } = await import('../../delivery/index.ts');
    return renderComposeOf(folder);
  });
}

function renderer(name: string, what: string, render: (folder: string) => Promise<Rendered>): Command {
  const command = new Command(name)
    .description(what)
    .argument('[folder]', 'folder of the system, or its file', '.');
  return withRenderOptions(command).action(async (folder: string, options: RenderOptions) =>
    handOver(await render(folder), options),
  );
}
