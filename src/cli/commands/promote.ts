import { Command } from 'commander';
import { showChange } from '../change.ts';
import { numberOf } from '../number.ts';
import { findTarget, mustJoin } from '../place.ts';

interface Options {
  release?: number;
  json?: boolean;
}

export function promoteCommand(): Command {
  return new Command('promote')
    .description('Bring the release that runs in one environment to another one, with the same artifacts')
    .argument('<from>', 'environment that it runs in')
    .argument('<to>', 'environment that it comes to')
    .argument('[system]', 'system')
    .option('--release <release>', 'another release that was taken there, by its number', numberOf('release'))
    .option('--json', 'one JSON object a line')
    .action(async (from: string, to: string, word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system } = await findTarget(word, await client.overview(), from);
      const place = { system: system.name, environment: to };
      const wish = { from, release: options.release ?? null };
      await showChange(options.json ?? false, (tell) => client.promote(place, wish, tell));
    });
}
