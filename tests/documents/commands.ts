import type { Command } from 'commander';
import { program } from '../../src/cli/index.ts';
import { splitWords } from '../../src/core/manifest/index.ts';

const root = await program([]);

/** What is wrong with a line such as `escale up -d notes`, compared with the commands' help; null: nothing. */
export function commandProblem(line: string): string | null {
  const split = splitWords(line.replace(/\s+#.*$/, '').replaceAll(/<([\w.]+)>/g, '$1'));
  if (!('words' in split)) return 'it is not plain words';
  const [, name, ...words] = split.words;
  if (name === undefined || /^(COMMAND|--help|--version|-V|-h)$/.test(name)) return null;
  const command = root.commands.find((one) => one.name() === name || one.aliases().includes(name));
  return command === undefined ? `there is no command ${name}` : partProblem(command, words);
}

/** Of a command that has commands of its own, the first word is one of them, unless it does something itself. */
function partProblem(command: Command, words: string[]): string | null {
  if (command.commands.length === 0 || words.length === 0) return wordsProblem(command, words);
  const [name, ...rest] = words;
  const part = command.commands.find((one) => one.name() === name);
  if (part !== undefined) return wordsProblem(part, rest);
  return places(command) > 0 ? wordsProblem(command, words) : `${command.name()} has no command ${name}`;
}

function wordsProblem(command: Command, words: string[]): string | null {
  let given = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return given <= places(command) ? null : `${command.name()} takes fewer arguments`;
    if (!word.startsWith('-') || word === '-') given += 1;
    else if (!['-h', '--help'].includes(word)) {
      const option = command.options.find(({ short, long }) => [short, long].includes(word.split('=')[0]!));
      if (option === undefined) return `${command.name()} has no option ${word}`;
      if ((option.required || option.optional) && !word.includes('=')) i += 1;
    }
  }
  return given <= places(command) ? null : `${command.name()} takes fewer arguments`;
}

function places(command: Command): number {
  const { registeredArguments } = command;
  return registeredArguments.some(({ variadic }) => variadic)
    ? Number.POSITIVE_INFINITY
    : registeredArguments.length;
}
