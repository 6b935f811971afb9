import { Command } from 'commander';
import { findTarget, mustJoin } from '../place.ts';
import { duration } from '../text.ts';

interface Options {
  list?: boolean;
  environment: string;
  json?: boolean;
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy a database while it runs; `escale restore` brings it back')
    .argument('[target]', 'system, or system/resource')
    .option('--list', 'show the backups that are there, newest first')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      const place = { system: system.name, environment: options.environment };
      if (options.list) return list(await client.backups(place, service), options);
      const backup = await client.backup(place, service);
      const size = `${(backup.bytes / 1e6).toFixed(1)} MB`;
      const text = `✓ backup ${backup.id} of ${system.name}/${backup.resource} (${size}, ${duration(backup.tookMs)})\n  ${backup.folder}`;
      console.log(options.json ? JSON.stringify(backup) : text);
    });
}

function list(backups: { resource: string; ids: string[]; folder: string }, { json }: Options): void {
  const { ids, folder, resource } = backups;
  const text = ids.length === 0 ? `No backup of ${resource} yet.` : [...ids, folder].join('\n');
  console.log(json ? JSON.stringify(backups) : text);
}
