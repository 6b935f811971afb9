import type { Argument, Command, Option } from 'commander';

/** The page `docs/reference/cli.md`, from what the commands say of themselves. */
export function commandsPage(root: Command): string {
  const commands = root.commands.filter((command) => command.name() !== 'help');
  return [INTRODUCTION, overview(commands), ...commands.map(section)].join('\n');
}

const INTRODUCTION = `<!-- Generated from src/cli/commands by scripts/generate.ts. Do not edit. -->
# Commands

\`escale COMMAND --help\` says the same. Inside a clone the command is \`./escale\`. Exit codes: 0, what was asked came
about; 1, it did not; 2, it was asked wrongly. \`escale exec\` exits with the code of its command.
`;

function overview(commands: Command[]): string {
  const rows = commands.map((command) => [
    `[\`${command.name()}\`](#${command.name()})`,
    command.description(),
  ]);
  return table(['command', 'what it does'], rows);
}

function section(command: Command): string {
  if (command.commands.length === 0) return body(command, `## ${command.name()}`, command.name());
  const parts = command.commands.filter((part) => part.name() !== 'help');
  const introduction = `## ${command.name()}\n\n${command.description()}.\n`;
  const each = parts.map((part) => {
    const words = `${command.name()} ${part.name()}`;
    return body(part, `### ${words}`, words);
  });
  return [introduction, ...each].join('\n');
}

function body(command: Command, heading: string, words: string): string {
  const given = command.registeredArguments.map(argumentRow);
  const options = command.options.map(optionRow);
  return [
    `${heading}\n`,
    `${command.description()}.${alias(command)}\n`,
    `\`\`\`text\nescale ${words} ${command.usage()}\n\`\`\`\n`,
    ...(given.length > 0 ? [table(['argument', 'meaning', 'default'], given)] : []),
    ...(options.length > 0 ? [table(['option', 'meaning', 'default'], options)] : []),
  ].join('\n');
}

function alias(command: Command): string {
  return command.alias() ? ` Also \`${command.alias()}\`.` : '';
}

function argumentRow(argument: Argument): string[] {
  return [`\`${argument.name()}\``, argument.description, shown(argument.defaultValue)];
}

function optionRow(option: Option): string[] {
  return [`\`${option.flags}\``, option.description, shown(option.negate ? undefined : option.defaultValue)];
}

function shown(value: unknown): string {
  return value === undefined ? '' : `\`${String(value)}\``;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
