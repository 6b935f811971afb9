import { Command } from 'commander';
import { showChange } from '../change.ts';
import { findTarget, mustJoin } from '../place.ts';

export function restartCommand(): Command {
  return new Command('restart')
    .description('Replace the instances of a system or a service, one after the other')
    .argument('[target]', 'system, or system/service')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'one JSON object a line')
    .action(async (word: string | undefined, options: { environment: string; json?: boolean }) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      const place = { system: system.name, environment: options.environment };
      const services = service === null ? [] : [service];
      await showChange(options.json ?? false, (tell) => client.restart(place, services, tell));
    });
}
