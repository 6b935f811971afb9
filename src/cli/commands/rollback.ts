import { Command } from 'commander';
import { showChange } from '../change.ts';
import { numberOf } from '../number.ts';
import { findTarget, mustJoin } from '../place.ts';

interface Options {
  to?: number;
  environment: string;
  json?: boolean;
}

export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('Return to the release before, or to a named one')
    .argument('[system]', 'system')
    .option('--to <release>', 'number of the release', numberOf('release'))
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'one JSON object a line')
    .action(async (word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system } = await findTarget(word, await client.overview(), options.environment);
      const place = { system: system.name, environment: options.environment };
      await showChange(options.json ?? false, (tell) => client.rollback(place, options.to ?? null, tell));
    });
}
