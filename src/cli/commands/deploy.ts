import { Command } from 'commander';
import { startLocal } from '../../server/index.ts';
import { showChange } from '../change.ts';
import { engineFor, engineOption } from '../engine.ts';
import { folderOf, mustBeHere } from '../place.ts';

export function deployCommand(): Command {
  return new Command('deploy')
    .description('Make a release of a folder and roll it out')
    .argument('[folder]', 'folder of the system', '.')
    .option('-e, --environment <name>', 'environment', 'local')
    .addOption(engineOption())
    .option('--json', 'one JSON object a line')
    .action(async (folder: string, options: { environment: string; engine?: string; json?: boolean }) => {
      mustBeHere('deploy');
      const engine = engineFor(options);
      const { client, started } = await startLocal();
      if (started && !options.json)
        console.log('Escale was started in the background; `escale down` stops it.');
      const source = { folder: folderOf(folder), environment: options.environment, ...engine };
      await showChange(options.json ?? false, (tell) => client.deploy(source, tell));
    });
}
