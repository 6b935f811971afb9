import { Command, CommanderError } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { exitCodeOf, FAILED, MISUSED, printFailure } from './failure.ts';

/** Each command in a file of its own, loaded only when it is the one that was asked for. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  init: async () => (await import('./commands/init.ts')).initCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  up: async () => (await import('./commands/up.ts')).upCommand(),
  down: async () => (await import('./commands/down.ts')).downCommand(),
  plan: async () => (await import('./commands/plan.ts')).planCommand(),
  deploy: async () => (await import('./commands/deploy.ts')).deployCommand(),
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand(),
  restart: async () => (await import('./commands/restart.ts')).restartCommand(),
  scale: async () => (await import('./commands/scale.ts')).scaleCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  logs: async () => (await import('./commands/logs.ts')).logsCommand(),
  exec: async () => (await import('./commands/exec.ts')).execCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  open: async () => (await import('./commands/open.ts')).openCommand(),
};

async function program(words: string[]): Promise<Command> {
  const root = new Command('escale')
    .description('From a git repository to resilient, observed production.')
    .version(packageFile.version, '-V, --version')
    .showHelpAfterError('(`escale --help` lists the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  const asked = words.find((word) => !word.startsWith('-'));
  const names = asked !== undefined && asked in COMMANDS ? [asked] : Object.keys(COMMANDS);
  for (const name of names) root.addCommand((await COMMANDS[name]!()).exitOverride());
  return root;
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  if (process.platform === 'win32') {
    console.error('Escale runs on Linux and macOS; on Windows use it inside WSL2.');
    process.exit(FAILED);
  }
  try {
    const root = await program(words);
    if (words.length === 0) root.outputHelp();
    else await root.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : MISUSED;
    else {
      printFailure(error, words.includes('--json'));
      process.exitCode = exitCodeOf(error);
    }
  }
}

await main();
