import { useId } from 'react';
import type { ReleaseView, SystemView } from '../../api/types.ts';
import { hashOf } from '../../state/route.ts';
import { inert } from '../../words/inert.ts';
import { Badge } from '../badge.tsx';
import { usePage } from '../context.tsx';
import { Source } from '../source.tsx';
import { type Column, Table } from '../table.tsx';
import { Name } from '../text.tsx';
import { Ago } from '../time.tsx';

/** Every release of a system that is kept, where it runs, and the way to what is new in it. */
export function ReleaseTable({ system, views }: { system: string; views: SystemView[] }) {
  const { t } = usePage();
  const id = useId();
  const releases = views[0]!.releases;
  const runsIn = (number: number) => views.filter(({ up, release }) => up && release === number);
  const columns: Column<ReleaseView>[] = [
    {
      key: 'number',
      title: t('releases.number'),
      heads: true,
      cell: ({ number }) => (
        <a href={hashOf({ view: 'release', system, release: number, since: null })}>
          {t('system.release', { number })}
        </a>
      ),
    },
    { key: 'source', title: t('releases.source'), cell: (release) => <Source release={release} /> },
    { key: 'made', title: t('releases.made'), cell: ({ createdAt }) => <Ago at={createdAt} /> },
    {
      key: 'runs',
      title: t('release.runsIn'),
      cell: ({ number }) =>
        runsIn(number).map(({ environment }) => (
          <Badge key={environment} tone="go">
            <Name>{environment}</Name>
          </Badge>
        )),
    },
  ];
  return (
    <section className="board" aria-labelledby={id}>
      <header className="board-head">
        <h3 id={id} className="part-title">
          {t('releases.title')}
        </h3>
      </header>
      <div className="board-in">
        <div className={releases.length > 8 ? 'long' : undefined}>
          <Table
            caption={t('releases.caption', { system: inert(system) })}
            columns={columns}
            rows={releases}
            keyOf={({ number }) => number}
          />
        </div>
      </div>
    </section>
  );
}
