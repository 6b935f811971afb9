import { Command, Option } from 'commander';
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
  server: async () => (await import('./commands/server.ts')).serverCommand(),
  promote: async () => (await import('./commands/promote.ts')).promoteCommand(),
  approve: async () => (await import('./commands/approve.ts')).approveCommand(),
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand(),
  restart: async () => (await import('./commands/restart.ts')).restartCommand(),
  scale: async () => (await import('./commands/scale.ts')).scaleCommand(),
  release: async () => (await import('./commands/release.ts')).releaseCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  repository: async () => (await import('./commands/repository.ts')).repositoryCommand(),
  environment: async () => (await import('./commands/environment.ts')).environmentCommand(),
  target: async () => (await import('./commands/target.ts')).targetCommand(),
  image: async () => (await import('./commands/image.ts')).imageCommand(),
  secret: async () => (await import('./commands/secret.ts')).secretCommand(),
  job: async () => (await import('./commands/job.ts')).jobCommand(),
  db: async () => (await import('./commands/db.ts')).dbCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/restore.ts')).restoreCommand(),
  logs: async () => (await import('./commands/logs.ts')).logsCommand(),
  exec: async () => (await import('./commands/exec.ts')).execCommand(),
  webhook: async () => (await import('./commands/webhook.ts')).webhookCommand(),
  ci: async () => (await import('./commands/ci.ts')).ciCommand(),
  render: async () => (await import('./commands/render.ts')).renderCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  open: async () => (await import('./commands/open.ts')).openCommand(),
  user: async () => (await import('./commands/user.ts')).userCommand(),
  token: async () => (await import('./commands/token.ts')).tokenCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  login: async () => (await import('./commands/login.ts')).loginCommand(),
  context: async () => (await import('./commands/context.ts')).contextCommand(),
};

/** Commands that speak to no control plane, or make it known. */
const OF_THIS_HOST = new Set(['init', 'check', 'ci', 'render', 'doctor', 'login', 'context']);

/** The command line for these words: with the one command that they name, or with all of them. */
export async function program(words: string[]): Promise<Command> {
  const root = new Command('escale')
    .description('From a git repository to resilient, observed production.')
    .version(packageFile.version, '-V, --version')
    .showHelpAfterError('(`escale --help` lists the commands)')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .hook('preAction', (_root, command) => {
      const { context } = command.opts<{ context?: string }>();
      if (context !== undefined) process.env.ESCALE_CONTEXT = context;
    });
  const asked = words.find((word) => !word.startsWith('-'));
  const names = asked !== undefined && asked in COMMANDS ? [asked] : Object.keys(COMMANDS);
  for (const name of names) {
    const command = thrower(await COMMANDS[name]!());
    root.addCommand(OF_THIS_HOST.has(name) ? command : withContext(command));
  }
  return root;
}

/** Its mistakes are thrown, not exited with, also those of its subcommands. */
function thrower(command: Command): Command {
  for (const each of command.commands) each.exitOverride();
  return command.exitOverride();
}

/** It and its subcommands speak to another control plane where that is asked for. */
function withContext(command: Command): Command {
  const speaking = command.commands.length === 0 ? [command] : command.commands;
  for (const each of speaking)
    each.addOption(
      new Option('--context <name>', 'a control plane that `escale login` made known (or ESCALE_CONTEXT)'),
    );
  return command;
}
