import type { Place, ReleaseView, SystemView } from '../api/types.ts';
import { mayIn } from '../state/rights.ts';
import { hashOf } from '../state/route.ts';
import { inert } from '../words/inert.ts';
import { Badge } from './badge.tsx';
import { useMe, usePage } from './context.tsx';
import { useRollback } from './rollback.tsx';
import { Source } from './source.tsx';
import { type Column, Table } from './table.tsx';
import { Ago } from './time.tsx';

/** What can run: every release that is kept, and the way back to each. */
export function Releases({ place, system }: { place: Place; system: SystemView }) {
  const { t } = usePage();
  const { releases, name } = system;
  const columns: Column<ReleaseView>[] = [
    {
      key: 'number',
      title: t('releases.number'),
      heads: true,
      cell: ({ number }) => <ReleaseLink system={name} number={number} />,
    },
    { key: 'source', title: t('releases.source'), cell: (release) => <Source release={release} /> },
    { key: 'made', title: t('releases.made'), cell: ({ createdAt }) => <Ago at={createdAt} /> },
    {
      key: 'actions',
      title: t('instances.actions'),
      cell: (release) => <GoTo place={place} system={system} release={release} />,
    },
  ];
  return (
    <details className="fold" open={releases.length > 1}>
      <summary>
        <h3>{t('releases.title')}</h3> <span className="count">{releases.length}</span>
      </summary>
      {releases.length === 0 ? (
        <p className="none">{t('releases.none')}</p>
      ) : (
        <div className={releases.length > 8 ? 'long' : ''}>
          <Table
            caption={t('releases.caption', { system: inert(name) })}
            columns={columns}
            rows={releases}
            keyOf={({ number }) => number}
          />
        </div>
      )}
    </details>
  );
}

function GoTo({ place, system, release }: { place: Place; system: SystemView; release: ReleaseView }) {
  const { t } = usePage();
  const rollback = useRollback(place);
  const me = useMe();
  if (release.current) return <Badge tone="go">{t('releases.current')}</Badge>;
  if (!system.up || !mayIn(me, 'deployer', place.environment)) return null;
  const way = release.number < (system.release ?? 0) ? 'back' : 'forth';
  return (
    <button
      type="button"
      className="quiet small"
      disabled={system.state === 'updating'}
      aria-label={t(`releases.${way}Label`, { number: release.number })}
      onClick={() => rollback.to(release)}
    >
      {t(`releases.${way}`)}
    </button>
  );
}

function ReleaseLink({ system, number }: { system: string; number: number }) {
  const { t } = usePage();
  return (
    <a
      href={hashOf({ view: 'release', system, release: number, since: null })}
      aria-label={t('system.release', { number })}
    >
      {number}
    </a>
  );
}
