import { useId } from 'react';
import { runOf } from '../api/change.ts';
import type { JobView, Place, RunView, SystemView } from '../api/types.ts';
import { mayIn } from '../state/rights.ts';
import { inert } from '../words/inert.ts';
import { useChanges, useMe, usePage } from './context.tsx';
import { hasReason, RunBadge, Runs, RunTook } from './runs.tsx';
import { Name, Said } from './text.tsx';
import { Ago, Until } from './time.tsx';

/** What a system runs to its end: before deploys, at times, or when it is asked for. */
export function Jobs({ place, system }: { place: Place; system: SystemView }) {
  const { t } = usePage();
  const { jobs, up } = system;
  if (jobs.length === 0) return null;
  return (
    <div className="part">
      <h3>{t('jobs.title')}</h3>
      {jobs.map((job) => (
        <Job key={job.name} place={place} job={job} up={up} />
      ))}
    </div>
  );
}

function Job({ place, job, up }: { place: Place; job: JobView; up: boolean }) {
  const id = useId();
  const me = useMe();
  return (
    <article className="service" aria-labelledby={id}>
      <div className="service-head">
        <h4 id={id}>
          <Name>{job.name}</Name>
        </h4>
        <Occasions job={job} />
        {up && mayIn(me, 'deployer', place.environment) && <RunNow place={place} job={job.name} />}
      </div>
      <Next job={job} />
      <LastRun run={job.runs[0]} />
      {job.runs.length > 0 && <Runs place={place} job={job} />}
    </article>
  );
}

function Occasions({ job: { beforeDeploy, schedule } }: { job: JobView }) {
  const { t } = usePage();
  return (
    <>
      {beforeDeploy && (
        <span className="tag" title={t('job.beforeDeployHelp')}>
          {t('job.beforeDeploy')}
          <span className="unseen">. {t('job.beforeDeployHelp')}</span>
        </span>
      )}
      {schedule !== null && (
        <span className="tag">
          <span className="unseen">{t('job.schedule')}: </span>
          <code>
            <Name>{schedule.cron}</Name>
          </code>{' '}
          <Name>{schedule.timeZone}</Name>
        </span>
      )}
      {schedule?.overlap && (
        <span className="tag" title={t('job.overlapHelp')}>
          {t('job.overlap')}
          <span className="unseen">. {t('job.overlapHelp')}</span>
        </span>
      )}
      {!beforeDeploy && schedule === null && <span className="tag">{t('job.byHand')}</span>}
    </>
  );
}

function RunNow({ place, job }: { place: Place; job: string }) {
  const { t, session } = usePage();
  const name = inert(job);
  const isBusy = useChanges().some(
    ({ kind, outcome, place: at, about }) =>
      kind === 'run' &&
      outcome === 'running' &&
      at.system === place.system &&
      at.environment === place.environment &&
      about.job === job,
  );
  const run = () => session.ask({ kind: 'run', place, about: { job }, request: runOf(place, job) });
  return (
    <div className="service-actions">
      <button
        type="button"
        className="quiet"
        disabled={isBusy}
        aria-label={t('job.runLabel', { job: name })}
        onClick={run}
      >
        {t('job.run')}
      </button>
    </div>
  );
}

function Next({ job: { schedule, nextAt } }: { job: JobView }) {
  const { t } = usePage();
  if (schedule === null) return null;
  return (
    <p className="fact">
      <span className="fact-name">{t('job.next')}</span>{' '}
      {nextAt === null ? t('job.notNow') : <Until at={nextAt} />}
    </p>
  );
}

function LastRun({ run }: { run: RunView | undefined }) {
  const { t } = usePage();
  if (run === undefined) return <p className="fact none">{t('job.neverRan')}</p>;
  return (
    <p className="fact">
      <span className="fact-name">{t('job.lastRun')}</span> <RunBadge run={run} />{' '}
      {hasReason(run) && (
        <>
          <Said>{run.reason}</Said>
          {' · '}
        </>
      )}
      <Ago at={run.startedAt ?? run.dueAt} />
      {run.startedAt !== null && (
        <>
          {' · '}
          <RunTook run={run} />
        </>
      )}
    </p>
  );
}
