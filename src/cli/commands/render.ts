import { Command } from 'commander';
import { handOver, type RenderOptions } from '../rendered.ts';

/** `escale render`: files for other tools, from a system's file. Needs no server. */
export function renderCommand(): Command {
  return new Command('render')
    .description('Write files for other tools from the file of a system')
    .addCommand(dockerfileCommand());
}

function dockerfileCommand(): Command {
  return new Command('dockerfile')
    .description('Write a Dockerfile for each program; programs of one folder share one')
    .argument('[folder]', 'folder of the system, or its file', '.')
    .option('--stdout', 'print the files and write none')
    .option('--output <folder>', 'where paths begin; by default the top of the repository')
    .option('--check', 'write nothing; fail when a file is not current')
    .option('--force', 'write over files that Escale did not make')
    .option('--json', 'as one JSON object')
    .action(async (folder: string, options: RenderOptions) => {
      const { renderDockerfilesOf } = await import('../../delivery/index.ts');
      await handOver(await renderDockerfilesOf(folder), options);
    });
}
