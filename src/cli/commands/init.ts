import path from 'node:path';
import { Command } from 'commander';
import type { InitResult } from '../../delivery/index.ts';
import { harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  name?: string;
  force?: boolean;
  typescript?: boolean;
  json?: boolean;
}

/** `escale init`: recognises what is in a folder and writes its first file. */
export function initCommand(): Command {
  return new Command('init')
    .description('Recognise what is in a folder (Node, Python, files) and write its first escale.yaml')
    .argument('[folder]', 'folder of the system', '.')
    .option('--name <name>', 'name of the system; by default the folder’s')
    .option('--force', 'write over an existing file')
    .option('--typescript', 'write escale.config.ts instead')
    .option('--json', 'as one JSON object')
    .action((folder: string, options: Options) => init(folder, options));
}

async function init(folder: string, { json, ...options }: Options): Promise<void> {
  const { initSystem } = await import('../../delivery/index.ts');
  const result = await initSystem({ folder, ...options });
  console.log(json ? jsonOf(result) : report(result, paintFor(process.stdout)));
}

function jsonOf({ file, name, services, routes, remarks }: InitResult): string {
  return JSON.stringify({ ok: true, file, name, services, routes, remarks });
}

function report(result: InitResult, paint: Paint): string {
  const rows = result.services.map(({ name, what, command }) => [name, harmless(what), commandText(command)]);
  const notes = [
    ...result.services.flatMap(({ notes }) => notes),
    ...result.remarks.map((remark) => `Note: ${remark}.`),
  ];
  return [
    `${paint.green('✓')} wrote ${harmless(shownPath(result.file))}: ${paint.bold(result.name)}`,
    table(rows).replaceAll(/^/gm, '  '),
    ...notes.map((note) => `  ${paint.yellow('!')} ${harmless(note)}`),
    ...nextSteps(result),
  ].join('\n');
}

function commandText(command: string | string[] | null): string {
  if (command === null) return 'served as files';
  return harmless(typeof command === 'string' ? command : command.join(' '));
}

function nextSteps({ file, routes }: InitResult): string[] {
  const folder = shownPath(path.dirname(file));
  const argument =
    folder === '.' ? '' : ` ${/[^\w./-]/.test(folder) ? `'${folder.replaceAll("'", `'\\''`)}'` : folder}`;
  const steps = [
    `  escale check${argument}   shows what it describes`,
    `  escale up${argument}      runs it here`,
  ];
  const address = routes[0]
    ? [`Then open http://${routes[0][0]}:${process.env.ESCALE_HTTP_PORT || '8080'}`]
    : [];
  return ['Next:', ...steps, ...address];
}

function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' ? '.' : relative.startsWith('..') ? file : relative;
}
