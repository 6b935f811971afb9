import { type SubmitEvent, useState } from 'react';
import { askAudit } from '../../api/ask.ts';
import type { AuditEntry } from '../../api/types.ts';
import { hashOf, type Route } from '../../state/route.ts';
import { inert } from '../../words/inert.ts';
import { Badge, type Tone } from '../badge.tsx';
import { type Page, useLive, usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { Problem } from '../problem.tsx';
import { type Column, Table } from '../table.tsx';
import { Name } from '../text.tsx';
import { Moment } from '../time.tsx';
import { useAnswer } from '../use-answer.ts';

type AuditRoute = Extract<Route, { view: 'audit' }>;

/** Entries on a page. */
const SIZE = 50;

/** Who did what, newest first, page by page. */
export function AuditView({ route }: { route: AuditRoute }) {
  const page = usePage();
  const { t } = page;
  const { system, environment, before } = route;
  const question = { system, environment, before, limit: SIZE };
  const { value, problem, isLoading, again } = useAnswer(JSON.stringify(question), (signal) =>
    askAudit(question, signal),
  );
  return (
    <section className="board" aria-labelledby={VIEW_TITLE} aria-busy={isLoading}>
      <header className="board-head">
        <h2 id={VIEW_TITLE} tabIndex={-1}>
          {t('audit.title')}
        </h2>
        <p className="board-facts">{t('audit.about')}</p>
      </header>
      <div className="board-in">
        <div className="row-tools">
          <AuditFilter key={JSON.stringify([system, environment])} route={route} />
          <Turn route={route} entries={value} />
          <p className="read-again">
            <button type="button" className="quiet small" aria-disabled={isLoading} onClick={again}>
              {t('database.again')}
            </button>
          </p>
        </div>
        {problem !== null && <Problem problem={problem} cutOff={t('database.cutOff')} />}
        {value === null && problem === null && <p className="none">{t('database.loading')}</p>}
        {value?.length === 0 && <p className="none">{t('audit.none')}</p>}
        {value !== null && value.length > 0 && (
          <Table caption={t('audit.caption')} columns={columnsOf(page)} rows={value} keyOf={({ id }) => id} />
        )}
      </div>
    </section>
  );
}

function go(route: AuditRoute): void {
  location.hash = hashOf(route);
}

/** Only of one system, of one environment. */
function AuditFilter({ route }: { route: AuditRoute }) {
  const { t } = usePage();
  const { overview } = useLive();
  const [system, setSystem] = useState(route.system);
  const [environment, setEnvironment] = useState(route.environment);
  const views = overview?.systems ?? [];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    go({ ...route, system, environment, before: null });
  };
  return (
    <form className="row-filter audit-filter" onSubmit={submit} aria-label={t('rows.filter')}>
      <Choice
        title={t('pipeline.system')}
        none={t('events.all')}
        {...{ value: system, choose: setSystem, names: views.map(({ name }) => name) }}
      />
      <Choice
        title={t('system.environment')}
        none={t('audit.allEnvironments')}
        {...{ value: environment, choose: setEnvironment, names: views.map((view) => view.environment) }}
      />
      <button type="submit">{t('rows.apply')}</button>
      {(route.system !== '' || route.environment !== '') && (
        <button
          type="button"
          className="quiet"
          onClick={() => go({ ...route, system: '', environment: '', before: null })}
        >
          {t('rows.clear')}
        </button>
      )}
    </form>
  );
}

interface ChoiceProps {
  title: string;
  none: string;
  value: string;
  names: string[];
  choose: (name: string) => void;
}

function Choice({ title, none, value, names, choose }: ChoiceProps) {
  const all = [...new Set(value === '' ? names : [value, ...names])].sort();
  return (
    <label>
      <span>{title}</span>{' '}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">{none}</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {inert(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** To older entries, and back to the newest. */
function Turn({ route, entries }: { route: AuditRoute; entries: AuditEntry[] | null }) {
  const { t } = usePage();
  const isFirst = route.before === null;
  const isLast = entries === null || entries.length < SIZE;
  const older = () => !isLast && go({ ...route, before: entries.at(-1)!.id });
  return (
    <nav className="pager" aria-label={t('rows.pages')}>
      <button
        type="button"
        className="quiet"
        aria-disabled={isFirst}
        onClick={() => isFirst || go({ ...route, before: null })}
      >
        {t('audit.newest')}
      </button>
      <button type="button" className="quiet" aria-disabled={isLast} onClick={older}>
        {t('audit.older')}
      </button>
    </nav>
  );
}

const TONES: Record<AuditEntry['outcome'], Tone> = {
  begun: 'note',
  done: 'go',
  refused: 'wait',
  failed: 'stop',
};

function columnsOf({ t }: Page): Column<AuditEntry>[] {
  return [
    { key: 'at', title: t('audit.when'), cell: ({ at }) => <Moment at={at} /> },
    { key: 'who', title: t('audit.who'), heads: true, cell: (entry) => <Who entry={entry} /> },
    {
      key: 'action',
      title: t('audit.what'),
      cell: ({ action, target }) => (
        <>
          <Name>{action}</Name> {target !== '' && <Name>{target}</Name>}
        </>
      ),
    },
    { key: 'where', title: t('audit.where'), cell: (entry) => <Where entry={entry} /> },
    { key: 'detail', title: t('audit.detail'), cell: ({ detail }) => <Detail detail={detail} /> },
    {
      key: 'outcome',
      title: t('audit.outcome'),
      cell: ({ outcome, code }) => (
        <>
          <Badge tone={TONES[outcome]}>{t(`audit.outcome.${outcome}`)}</Badge>
          {code !== null && (
            <span className="why">
              <code>
                <Name>{code}</Name>
              </code>
            </span>
          )}
        </>
      ),
    },
  ];
}

function Who({ entry: { who, kind, token, from } }: { entry: AuditEntry }) {
  const { t } = usePage();
  return (
    <>
      <strong>{who === '' ? t('audit.nobody') : <Name>{who}</Name>}</strong>
      <span className="why">
        {t(`audit.kind.${kind}`)}
        {token !== null && (
          <>
            {' '}
            <Name>{token}</Name>
          </>
        )}
        {from !== '' && (
          <>
            {' · '}
            <Name>{from}</Name>
          </>
        )}
      </span>
    </>
  );
}

function Where({ entry: { system, environment } }: { entry: AuditEntry }) {
  const { t } = usePage();
  if (system === '' && environment === '') return <span className="quiet-text">{t('events.host')}</span>;
  return (
    <>
      {system !== '' && <Name>{system}</Name>}{' '}
      {environment !== '' && (
        <span className="tag">
          <Name>{environment}</Name>
        </span>
      )}
    </>
  );
}

/** `from: staging, release: 3`. */
function Detail({ detail }: { detail: object }) {
  const { t } = usePage();
  const parts = Object.entries(detail).filter(([, value]) => value !== null && value !== undefined);
  if (parts.length === 0) return <span className="quiet-text">{t('act.none')}</span>;
  return parts.map(([name, value]) => (
    <span key={name} className="detail">
      <Name>{`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`}</Name>
    </span>
  ));
}
