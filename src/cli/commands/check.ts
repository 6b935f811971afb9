import path from 'node:path';
import { Command } from 'commander';
import type { ResolvedService, ResolvedSystem } from '../../core/manifest/index.ts';
import { resolveSystem, writtenEnvironments } from '../../core/manifest/index.ts';
import type { LoadedSystem } from '../../delivery/index.ts';
import { harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  environment?: string;
  json?: boolean;
}

/** `escale check`: reads the file and says what it describes. Its mistakes are thrown, all at once, as `SystemFileError`. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Check the file of a system and show what it describes')
    .argument('[folder]', 'folder of the system, or its file', '.')
    .option('-e, --environment <name>', 'only this environment')
    .option('--json', 'as one JSON object')
    .action((folder: string, options: Options) => check(folder, options));
}

async function check(folder: string, options: Options): Promise<void> {
  const { loadSystem } = await import('../../delivery/index.ts');
  const loaded = await loadSystem({ folder }, { from: process.cwd() });
  const names = options.environment === undefined ? writtenEnvironments(loaded.model) : [options.environment];
  const systems = names.map((name) => resolveSystem(loaded.model, name));
  console.log(options.json ? jsonOf(loaded, systems) : summary(loaded, systems, paintFor(process.stdout)));
}

function jsonOf({ file, form, model }: LoadedSystem, systems: ResolvedSystem[]): string {
  const environments = Object.fromEntries(systems.map((system) => [system.environment, system]));
  return JSON.stringify({ ok: true, file, form, name: model.name, environments });
}

/** The system as people see it: its services once, then each environment's numbers and addresses. */
export function summary({ file, model }: LoadedSystem, systems: ResolvedSystem[], paint: Paint): string {
  const shown = path.relative(process.cwd(), file) || file;
  const head = `${paint.green('✓')} ${harmless(shown)}: ${paint.bold(model.name)}, ${countOf(Object.keys(model.services).length, 'service')}`;
  return [head, ...systems.map((system) => environmentText(system, paint))].join('\n');
}

function environmentText(system: ResolvedSystem, paint: Paint): string {
  const services = table(Object.values(system.services).map((service) => serviceRow(service, paint)));
  const routes = table(
    system.routes.map((route) => [addressOf(system, route.host + route.prefix), '→', route.service]),
  );
  return [paint.bold(system.environment), indent(services), ...(routes === '' ? [] : [indent(routes)])].join(
    '\n',
  );
}

function serviceRow(service: ResolvedService, paint: Paint): string[] {
  const runs = shownProgram(service);
  const kind = service.port
    ? countOf(service.replicas, 'instance')
    : `${countOf(service.replicas, 'instance')}, worker`;
  const uses = service.uses.length > 0 ? paint.dim(`uses ${service.uses.join(', ')}`) : '';
  return [service.name, kind, harmless(runs.length > 60 ? `${runs.slice(0, 59)}…` : runs), uses];
}

function shownProgram({ static: files, source, container, command }: ResolvedService): string {
  if (files) return `files of ${source}`;
  const { image, dockerfile } = container ?? { image: null, dockerfile: null };
  return [image ?? dockerfile ?? '', ...command].filter((word) => word !== '').join(' ');
}

/** On this machine a whole address; elsewhere the ports are not known here. */
function addressOf(system: ResolvedSystem, place: string): string {
  const plain = place.replace(/\/$/, '');
  if (system.environment !== 'local') return plain;
  const [host, ...prefix] = plain.split('/');
  const port = process.env.ESCALE_HTTP_PORT || '8080';
  return `http://${[`${host}:${port}`, ...prefix].join('/')}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
