import { Command } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };

/** Each command in a file of its own, loaded only when it is the one that was asked for; in the order of the help. */
export const COMMANDS: Record<string, () => Promise<Command>> = {
  init: async () => (await import('./commands/init.ts')).initCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  up: async () => (await import('./commands/up.ts')).upCommand(),
  down: async () => (await import('./commands/down.ts')).downCommand(),
  plan: async () => (await import('./commands/plan.ts')).planCommand(),
  pipeline: async () => (await import('./commands/pipeline.ts')).pipelineCommand(),
  deploy: async () => (await import('./commands/deploy.ts')).deployCommand(),
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand(),
  restart: async () => (await import('./commands/restart.ts')).restartCommand(),
  scale: async () => (await import('./commands/scale.ts')).scaleCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  secret: async () => (await import('./commands/secret.ts')).secretCommand(),
  job: async () => (await import('./commands/job.ts')).jobCommand(),
  db: async () => (await import('./commands/db.ts')).dbCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/restore.ts')).restoreCommand(),
  logs: async () => (await import('./commands/logs.ts')).logsCommand(),
  exec: async () => (await import('./commands/exec.ts')).execCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  open: async () => (await import('./commands/open.ts')).openCommand(),
};

/** The command line for these words: with the one command that they name, or with all of them. */
export async function program(words: string[]): Promise<Command> {
  const root = new Command('escale')
    .description('From a git repository to resilient, observed production.')
    .version(packageFile.version, '-V, --version')
    .showHelpAfterError('(`escale --help` lists the commands)')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride();
  const asked = words.find((word) => !word.startsWith('-'));
  const names = asked !== undefined && asked in COMMANDS ? [asked] : Object.keys(COMMANDS);
  for (const name of names) root.addCommand(thrower(await COMMANDS[name]!()));
  return root;
}

/** Its mistakes are thrown, not exited with, also those of its subcommands. */
function thrower(command: Command): Command {
  for (const each of command.commands) each.exitOverride();
  return command.exitOverride();
}
