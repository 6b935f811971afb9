import { CommanderError } from 'commander';
import { exitCodeOf, FAILED, MISUSED, printFailure } from './failure.ts';
import { program } from './program.ts';

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
