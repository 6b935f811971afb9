import path from 'node:path';
import type { Command } from 'commander';
import { EscaleError } from '../core/errors/index.ts';
import type { RenderedFile } from '../core/render/index.ts';
import type { Rendered } from '../delivery/index.ts';
import { harmless, type Paint, paintFor } from './text.ts';

export interface RenderOptions {
  stdout?: boolean;
  output?: string;
  check?: boolean;
  force?: boolean;
  json?: boolean;
}

/** What every command that renders files takes. */
export function withRenderOptions(command: Command): Command {
  return command
    .option('--stdout', 'print the files and write none')
    .option('--output <folder>', 'where paths begin; by default the top of the repository')
    .option('--check', 'write nothing; fail when a file is not current')
    .option('--force', 'write over files that Escale did not make')
    .option('--json', 'as one JSON object');
}

/** Shows rendered files, compares them with what is there, or writes them. Throws `render-exists`, `render-stale`. */
export async function handOver({ system, top, files }: Rendered, options: RenderOptions): Promise<void> {
  const { staleFiles, writeRendered } = await import('../delivery/index.ts');
  const folder = path.resolve(options.output ?? top);
  if (options.stdout) return print(files, options);
  if (options.check) {
    const stale = staleFiles(files, folder);
    if (stale.length > 0) throw notCurrent(stale, folder);
    return say({ system, folder, written: [], current: files.map((file) => file.path) }, options);
  }
  const written = writeRendered(files, folder, options);
  const current = files.map((file) => file.path).filter((name) => !written.includes(name));
  say({ system, folder, written, current }, options);
}

function print(files: RenderedFile[], { json }: RenderOptions): void {
  if (json) return console.log(JSON.stringify({ files }));
  for (const { path: name, text } of files) {
    if (files.length > 1) console.log(`# ${name}`);
    console.log(text);
  }
}

interface Said {
  system: string;
  folder: string;
  written: string[];
  current: string[];
}

function say(said: Said, { json }: RenderOptions): void {
  console.log(json ? JSON.stringify({ ok: true, ...said }) : textOf(said, paintFor(process.stdout)));
}

function textOf({ folder, written, current }: Said, paint: Paint): string {
  const shown = (name: string) => harmless(path.relative(process.cwd(), path.join(folder, name)));
  return [
    ...written.map((name) => `${paint.green('✓')} wrote ${shown(name)}`),
    ...current.map((name) => `${paint.green('✓')} ${shown(name)} is current`),
  ].join('\n');
}

function notCurrent(names: string[], folder: string): EscaleError {
  const verb = names.length === 1 ? 'is' : 'are';
  return new EscaleError('render-stale', `${names.join(', ')} ${verb} not what the system’s file says now`, {
    place: folder,
  });
}
