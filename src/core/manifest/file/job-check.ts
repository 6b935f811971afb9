import { scheduleProblem, timeZoneProblem } from '../../schedule/index.ts';
import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, valueText } from '../mistakes.ts';
import { nearest } from '../nearest.ts';
import { checkContainer, isContainer } from './container-check.ts';
import { boundVariables, checkEnv } from './env-check.ts';
import { checkCommand, checkSource } from './program-check.ts';
import { isMap, mapAt } from './value-at.ts';

type Map = Record<string, unknown>;

/** Each job on its own, and what environments change of it: what it runs, and when. */
export function checkJobs(file: unknown): Finding[] {
  const jobs = Object.entries(mapAt(file, ['jobs']));
  return [
    ...jobs.flatMap(([name, job]) => (isMap(job) ? checkJob(job, ['jobs', name], file) : [])),
    ...Object.keys(mapAt(file, ['environments'])).flatMap((environment) => checkChanges(environment, file)),
  ];
}

function checkJob(job: Map, path: Path, file: unknown): Finding[] {
  return [
    ...checkProgram(job, path),
    ...checkSource(job, path),
    ...checkContainer(job, path),
    ...checkWhen(job, path),
    ...checkTimes(job, path),
    ...checkEnv(job.env, [...path, 'env'], boundVariables(job.uses, file)),
  ];
}

function checkProgram(job: Map, path: Path): Finding[] {
  if (job.command !== undefined)
    return checkCommand(job.command, { of: 'job', callable: false, path: [...path, 'command'] });
  if (isContainer(job)) return [];
  const hint = 'For example command: node migrate.ts';
  return [{ code: 'missing-key', path, message: 'expected a command, but it is missing', hint }];
}

function checkWhen(job: Map, path: Path): Finding[] {
  if (job.before === undefined && job.schedule === undefined) {
    const hint = 'For example before: deploy, or schedule: "0 3 * * *".';
    const message = 'expected before or schedule, which say when it runs, but neither is there';
    return [{ code: 'missing-key', path, message, hint }];
  }
  const needless = ['overlap', 'timeZone'].filter((key) => key in job && job.schedule === undefined);
  return needless.map((key) => {
    const message = `${key} belongs to a schedule, and this job has none`;
    return { code: 'contradiction', path: [...path, key], message };
  });
}

/** Cron words and time zones, in the job itself or in what an environment changes of it. */
function checkTimes({ schedule, timeZone }: Map, path: Path): Finding[] {
  const cron = typeof schedule === 'string' ? scheduleProblem(schedule) : null;
  const zone = typeof timeZone === 'string' ? timeZoneProblem(timeZone) : null;
  const wrong = (key: string, value: unknown, problem: { message: string; hint: string }): Finding => ({
    code: 'wrong-schedule',
    path: [...path, key],
    message: `${valueText(value)} ${problem.message}`,
    hint: problem.hint,
    at: 'value',
  });
  return [
    ...(cron === null ? [] : [wrong('schedule', schedule, cron)]),
    ...(zone === null ? [] : [wrong('timeZone', timeZone, zone)]),
  ];
}

function checkChanges(environment: string, file: unknown): Finding[] {
  const jobs = mapAt(file, ['jobs']);
  const above = ['environments', environment, 'jobs'];
  return Object.entries(mapAt(file, above)).flatMap(([name, changes]) => {
    const path = [...above, name];
    if (!Object.hasOwn(jobs, name)) return [unknownPart('job', name, { path, names: Object.keys(jobs) })];
    const job = jobs[name];
    if (!isMap(changes) || !isMap(job)) return [];
    const env = checkEnv(changes.env, [...path, 'env'], boundVariables(job.uses, file));
    return [...checkTimes(changes, path), ...env];
  });
}

/** A key of an environment that names a part which the system does not have. */
export function unknownPart(
  kind: 'job' | 'resource',
  name: string,
  { path, names }: { path: Path; names: string[] },
): Finding {
  const known = names.length > 0 ? names.slice(0, 20).join(', ') : 'none';
  const hint = didYouMean(nearest(name, names)) ?? `There are: ${known}.`;
  return {
    code: `unknown-${kind}`,
    path,
    message: `there is no ${kind} ${valueText(name)}`,
    hint,
    at: 'key',
  };
}
