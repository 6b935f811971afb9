import { Command } from 'commander';
import { startLocal, stopLocalIfIdle } from '../../server/index.ts';
import { engineFor, engineOption } from '../engine.ts';
import { folderOf, mustBeHere } from '../place.ts';

export function planCommand(): Command {
  return new Command('plan')
    .description('Print the operations that deploy would run')
    .argument('[folder]', 'folder of the system', '.')
    .option('-e, --environment <name>', 'environment', 'local')
    .addOption(engineOption())
    .option('--json', 'as one JSON object')
    .action(async (folder: string, options: { environment: string; engine?: string; json?: boolean }) => {
      mustBeHere('plan');
      const source = {
        folder: folderOf(folder),
        environment: options.environment,
        ...engineFor(options),
      };
      const escale = await startLocal();
      try {
        const plan = await escale.client.plan(source);
        if (options.json) return void console.log(JSON.stringify(plan));
        const { system, environment, lines, notes } = plan;
        if (lines.length === 0) console.log(`${system} (${environment}): nothing to do`);
        else
          console.log(
            [
              `${system} (${environment}):`,
              ...notes.map((note) => `  ${note}`),
              ...lines.map((line, i) => `  ${i + 1}. ${line}`),
            ].join('\n'),
          );
      } finally {
        if (escale.started) await stopLocalIfIdle(escale);
      }
    });
}
