import { Command } from 'commander';
import { findTarget, mustJoin } from '../place.ts';
import { duration } from '../text.ts';

interface Options {
  environment: string;
  json?: boolean;
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Bring the data of a backup back; what is there now is kept beside it')
    .argument('<target>', 'system, or system/resource')
    .argument('[backup]', 'its name (`escale backup --list`), the path of its folder, or latest', 'latest')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string, backup: string, options: Options) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      const place = { system: system.name, environment: options.environment };
      const began = Date.now();
      const restored = await client.restore(place, { resource: service, backup });
      const { id, resource } = restored.backup;
      const took = duration(Date.now() - began);
      const kept = restored.former === null ? '' : `\n  what was there before is kept in ${restored.former}`;
      const text = `✓ ${system.name}/${resource} has the data of backup ${id} (${took})${kept}`;
      console.log(options.json ? JSON.stringify(restored) : text);
    });
}
