import { Command, InvalidArgumentError } from 'commander';
import type { AuditEntry } from '../../server/index.ts';
import { mustJoin } from '../place.ts';
import { harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  lines: number;
  before?: number;
  system?: string;
  environment?: string;
  json?: boolean;
}

export function auditCommand(): Command {
  return new Command('audit')
    .description('Show who did what, the newest last')
    .option('-n, --lines <number>', 'how many, 500 at most', number, 50)
    .option('--before <id>', 'only older ones than this', number)
    .option('--system <name>', 'only of this system')
    .option('-e, --environment <name>', 'only of this environment')
    .option('--json', 'one JSON object a line')
    .action(async ({ lines, json, before, system, environment }: Options) => {
      const { client } = await mustJoin();
      const question = {
        ...(before !== undefined && { before }),
        ...(system !== undefined && { system }),
        ...(environment !== undefined && { environment }),
      };
      const entries = (await client.audit({ limit: Math.min(lines, 500), ...question })).toReversed();
      if (json) for (const entry of entries) console.log(JSON.stringify(entry));
      else console.log(auditText(entries, paintFor(process.stdout)));
    });
}

export function auditText(entries: AuditEntry[], paint: Paint): string {
  if (entries.length === 0) return 'Nothing was written down yet.';
  return table(entries.map((entry) => entryText(entry, paint)));
}

function entryText(entry: AuditEntry, paint: Paint): string[] {
  const { at, who, token, kind, from, action, system, environment, target, outcome, code, detail } = entry;
  const color = { done: paint.green, begun: paint.yellow, refused: paint.red, failed: paint.red }[outcome];
  const name = kind === 'nobody' ? `(${who || 'nobody'})` : who;
  const details = Object.keys(detail).length === 0 ? '' : JSON.stringify(detail);
  return [
    paint.dim(new Date(at).toISOString().slice(0, 19).replace('T', ' ')),
    paint.bold(oneLine(token === null ? name : `${name}/${token}`)),
    oneLine(action),
    oneLine([environment, system].filter((word) => word !== '').join('/')),
    oneLine([target, details].filter((word) => word !== '').join(' ')),
    color(code === null ? outcome : `${outcome} (${oneLine(code)})`),
    paint.dim(oneLine(from)),
  ];
}

/** What strangers typed must not look like an entry of its own. */
function oneLine(text: string): string {
  return harmless(text).replaceAll(/[\n\t]/g, ' ');
}

function number(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a number, such as 50.');
  return Number(text);
}
