import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import type { ControlPlaneClient, JobView, RunView, SystemView } from '../../server/index.ts';
import { findTarget, mustJoin } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  run?: boolean;
  environment: string;
  json?: boolean;
}

const LINES_SHOWN = 50;

export function jobCommand(): Command {
  return new Command('job')
    .description('Show jobs and their last runs; with --run, run one now')
    .argument('[target]', 'system, or system/job')
    .option('--run', 'run it now and wait for its end; exit code 1 when it fails')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      if (options.run) return runNow(client, { system, job: service }, options);
      const jobs = jobsOf(system, service);
      if (options.json) console.log(JSON.stringify({ system: system.name, jobs }));
      else console.log(jobsText(jobs, paintFor(process.stdout)));
    });
}

function jobsOf(system: SystemView, name: string | null): JobView[] {
  const jobs = system.jobs.filter((job) => name === null || job.name === name);
  if (name === null || jobs.length > 0) return jobs;
  const next = `Its jobs are: ${system.jobs.map((job) => job.name).join(', ') || 'none'}.`;
  throw new EscaleError('job-unknown', `${system.name} has no job "${name}"`, { next });
}

async function runNow(
  client: ControlPlaneClient,
  { system, job }: { system: SystemView; job: string | null },
  { json }: Options,
): Promise<void> {
  const [only] = system.jobs.length === 1 ? system.jobs : [];
  const name = job ?? only?.name ?? '';
  const place = { system: system.name, environment: system.environment };
  const { id } = await client.runJob(place, name);
  const run = await untilEnded(client, { system, job: name, id });
  const query = { ...place, service: name, tail: LINES_SHOWN };
  if (json) console.log(JSON.stringify(run));
  else {
    for await (const line of client.logs(query, new AbortController().signal))
      if (line.instance === run.instance && line.stream !== 'escale') console.log(harmless(line.text));
    console.log(runText(run, Date.now(), paintFor(process.stdout)).join('  '));
  }
  if (run.state !== 'succeeded') process.exitCode = 1;
}

/** Looks again whenever something has happened. */
async function untilEnded(
  client: ControlPlaneClient,
  { system, job, id }: { system: SystemView; job: string; id: string },
): Promise<RunView> {
  for (;;) {
    const { systems } = await client.overviewWhenBack();
    const now = systems.find(
      ({ name, environment }) => name === system.name && environment === system.environment,
    );
    const run = now?.jobs.find(({ name }) => name === job)?.runs.find((one) => one.id === id);
    if (run !== undefined && run.endedAt !== null) return run;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export function jobsText(jobs: JobView[], paint: Paint): string {
  if (jobs.length === 0) return 'No jobs.';
  const now = Date.now();
  return jobs
    .map((job) => {
      const rows = job.runs.map((run) => runText(run, now, paint));
      const runs =
        rows.length === 0
          ? ['    never ran']
          : table(rows)
              .split('\n')
              .map((line) => `    ${line}`);
      return [`  ${paint.bold(job.name)}  ${whenText(job, now)}`, ...runs].join('\n');
    })
    .join('\n');
}

/** `before each deploy`, `0 3 * * * (Europe/Paris), next in 5 h`. */
export function whenText({ beforeDeploy, schedule, nextAt }: JobView, now: number): string {
  const next = nextAt === null ? '' : `, next in ${duration(nextAt - now)}`;
  const times = schedule === null ? [] : [`${schedule.cron} (${schedule.timeZone})${next}`];
  return [...(beforeDeploy ? ['before each deploy'] : []), ...times].join('; ');
}

export function runText(run: RunView, now: number, paint: Paint): string[] {
  const { state, startedAt, endedAt, dueAt, cause, release, reason } = run;
  const color = { succeeded: paint.green, failed: paint.red, running: paint.cyan }[state as string];
  const took = startedAt === null ? '' : duration((endedAt ?? now) - startedAt);
  const why = state === 'succeeded' ? '' : harmless(reason);
  return [
    (color ?? paint.yellow)(state),
    `${duration(Math.max(0, now - (startedAt ?? dueAt)))} ago`,
    took,
    CAUSES[cause],
    `release ${release}`,
    why,
  ];
}

const CAUSES = { deploy: 'for a deploy', schedule: 'by its schedule', person: 'asked for' };
