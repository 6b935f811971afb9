import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import type { JobView, Overview, ResourceView, ServiceView, SystemView } from '../../server/index.ts';
import { join } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';
import { runText, whenText } from './job.ts';
import { targetState } from './target.ts';

export function statusCommand(): Command {
  return new Command('status')
    .alias('ps')
    .description('Show systems, services and instances')
    .argument('[system]', 'only this system')
    .option('--json', 'as one JSON object')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const escale = await join();
      if (escale === null) return notRunning(options.json ?? false);
      const overview = await escale.client.overview();
      const shown = {
        ...overview,
        systems: overview.systems.filter((s) => name === undefined || s.name === name),
      };
      if (name !== undefined && shown.systems.length === 0) throw unknownSystem(name, overview);
      if (options.json) console.log(JSON.stringify(shown));
      else console.log(statusText(shown, paintFor(process.stdout)));
    });
}

function notRunning(json: boolean): void {
  if (json) console.log(JSON.stringify({ running: false, systems: [] }));
  else console.log('Escale is not running here. Start a system: `escale up` in its folder.');
}

/** What runs, as people read it. */
export function statusText(overview: Overview, paint: Paint): string {
  const notes = hostNotes(overview, paint);
  if (overview.systems.length === 0)
    return ['No system was delivered yet: `escale up` in a folder.', ...notes].join('\n');
  return [...overview.systems.map((system) => systemText(system, overview.at, paint)), ...notes].join('\n\n');
}

function systemText(system: SystemView, now: number, paint: Paint): string {
  const colors = { ready: paint.green, degraded: paint.yellow, updating: paint.cyan, down: paint.dim };
  const release = system.releases.find((one) => one.number === system.release);
  const commit =
    release === undefined
      ? ''
      : ` (${release.commit?.slice(0, 7) ?? 'no commit'}${release.dev ? ', dev' : ''})`;
  const what = system.release === null ? 'no release yet' : `release ${system.release}${commit}`;
  const where = system.target === null ? '' : ` ${paint.dim(`on ${system.target}`)}`;
  const head = `${paint.bold(system.name)} ${paint.dim(system.environment)}${where}  ${colors[system.state](system.state)}  ${what}`;
  const services = system.services.map((service) => serviceText(service, now, paint));
  const resources = system.resources.map((resource) => resourceText(resource, now, paint));
  const jobs = system.jobs.map((job) => jobText(job, now, paint));
  const calls = system.up && system.state !== 'updating' ? callLines(system, paint) : [];
  return [
    head,
    ...rolloutLines(system, paint),
    ...driftLines(system, paint),
    ...services,
    ...resources,
    ...jobs,
    ...calls,
  ].join('\n');
}

function resourceText(resource: ResourceView, now: number, paint: Paint): string {
  const { name, type, external, state, reason, pid, port, startedAt, sizeBytes, memoryBytes } = resource;
  const color = { ready: paint.green, stopped: paint.dim }[state as string] ?? paint.yellow;
  const facts = [
    external ? 'exists elsewhere' : '',
    pid === null ? '' : `pid ${pid}`,
    port === null || state === 'stopped' ? '' : `port ${port}`,
    startedAt === null ? '' : duration(now - startedAt),
    memoryBytes === null ? '' : `${Math.round(memoryBytes / 1e6)} MB`,
    sizeBytes === null ? '' : `${(sizeBytes / 1e6).toFixed(1)} MB on disk`,
  ].filter((fact) => fact !== '');
  const why = reason === '' ? '' : `  ${paint.yellow(harmless(reason))}`;
  return `  ${paint.bold(name)}  ${color(state)}  ${[type, ...facts].join('  ')}${why}`;
}

function jobText(job: JobView, now: number, paint: Paint): string {
  const last = job.runs.find(({ state }) => state !== 'skipped') ?? job.runs[0];
  const run = last === undefined ? 'never ran' : runText(last, now, paint).filter(Boolean).join('  ');
  return `  ${paint.bold(job.name)}  ${whenText(job, now)}  ${paint.dim('last run:')} ${run}`;
}

/** What something needs and does not get now. */
function callLines({ calls }: SystemView, paint: Paint): string[] {
  return calls
    .filter(({ problem }) => problem !== null)
    .map(({ from, to, problem }) => `  ${paint.yellow(`${from} needs ${to}: ${harmless(problem!)}`)}`);
}

/** Where what runs has come away from its release. */
function driftLines({ drift: { found, repaired } }: SystemView, paint: Paint): string[] {
  const then = repaired ? ' (it is set right)' : '';
  return found.map(({ message }) => `  ${paint.yellow(`drift: ${harmless(message)}${then}`)}`);
}

/** Why the newest release does not run, until a later rollout ends well. */
function rolloutLines({ rollouts: [newest] }: SystemView, paint: Paint): string[] {
  if (newest === undefined || newest.reason === '') return [];
  return [`  ${paint.yellow(`release ${newest.toRelease} was not taken: ${harmless(newest.reason)}`)}`];
}

function serviceText(service: ServiceView, now: number, paint: Paint): string {
  const count = `${service.ready}/${service.wanted} ready`;
  const state = service.ready >= service.wanted ? paint.green(count) : paint.yellow(count);
  const unprobed = service.probed ? '' : paint.dim('  (no health.ready declared: TCP and time only)');
  const head = `  ${paint.bold(service.name)}  ${state}  ${service.addresses.join('  ')}${unprobed}`;
  return [head, ...problemLines(service, paint), ...instanceLines(service, now, paint)].join('\n');
}

function problemLines(service: ServiceView, paint: Paint): string[] {
  const { lastFailure, backoffMs, lastPauseMs, held, waitsFor, ready, wanted } = service;
  const lines: string[] = [];
  if (waitsFor !== null && ready < wanted) lines.push(paint.yellow(harmless(waitsFor)));
  if (lastFailure !== null)
    lines.push(paint.yellow(`last failure: ${lastFailure.instance} ${harmless(lastFailure.reason)}`));
  if (backoffMs !== null) lines.push(paint.yellow(`next try in ${duration(backoffMs)}`));
  if (held > 0) lines.push(paint.yellow(`${held} requests wait for an instance`));
  if (lastPauseMs !== null)
    lines.push(paint.dim(`requests waited ${duration(lastPauseMs)} at the last replacement`));
  return lines.map((line) => `    ${line}`);
}

function instanceLines(service: ServiceView, now: number, paint: Paint): string[] {
  if (service.instances.length === 0) return [];
  const rows = service.instances.map((instance) => [
    instance.id,
    instance.state === 'ready' ? paint.green('ready') : paint.yellow(instance.state),
    `release ${instance.release}`,
    instance.pid === null ? '' : `pid ${instance.pid}`,
    instance.port === null ? '' : `port ${instance.port}`,
    duration(now - instance.startedAt),
    instance.memoryBytes === null ? '' : `${Math.round(instance.memoryBytes / 1e6)} MB`,
    instance.state === 'ready' ? '' : harmless(instance.reason),
  ]);
  return table(rows)
    .split('\n')
    .map((line) => `    ${line}`);
}

/** Hosts elsewhere that do not answer now. */
function targetNotes({ targets, at }: Overview, paint: Paint): string[] {
  return targets
    .filter(({ state }) => state === 'away')
    .map(
      (target) =>
        `${paint.bold(target.name)} ${targetState(target, at, paint)}\n  What runs there runs on; shown is what was last seen.`,
    );
}

function hostNotes(overview: Overview, paint: Paint): string[] {
  const { host } = overview;
  const notes = targetNotes(overview, paint);
  if (!host.supervisor.connected) notes.push(paint.red('The supervisor is away; it is being started again.'));
  else if (!host.gateway.connected)
    notes.push(paint.red(host.gateway.problem ?? 'The gateway is away; it is being started again.'));
  return notes;
}

function unknownSystem(name: string, overview: Overview): EscaleError {
  const known = overview.systems.map((system) => system.name).join(', ');
  return new EscaleError('system-unknown', `there is no system "${name}" here`, {
    ...(known ? { next: `Known: ${known}.` } : {}),
  });
}
