import type { RolloutView, SystemView } from '../api/types.ts';
import { duration } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import { Badge, type Tone } from './badge.tsx';
import { type Page, usePage } from './context.tsx';
import { type Column, Table } from './table.tsx';
import { Said } from './text.tsx';
import { Ago, Since } from './time.tsx';

const TONES: Record<RolloutView['state'], Tone> = {
  running: 'note',
  promoted: 'go',
  'rolled-back': 'wait',
  failed: 'stop',
  cancelled: 'plain',
};

/** How the system came to where it is: each change with its verdict. */
export function Rollouts({ system }: { system: SystemView }) {
  const { t, locale } = usePage();
  const { rollouts, name } = system;
  const columns: Column<RolloutView>[] = [
    { key: 'kind', title: t('rollouts.kind'), heads: true, cell: (rollout) => <Way rollout={rollout} /> },
    { key: 'verdict', title: t('rollouts.verdict'), cell: (rollout) => <Verdict rollout={rollout} /> },
    { key: 'began', title: t('rollouts.began'), cell: ({ startedAt }) => <Ago at={startedAt} /> },
    {
      key: 'took',
      title: t('rollouts.took'),
      numeric: true,
      cell: ({ startedAt, endedAt }) =>
        endedAt === null ? <Since at={startedAt} /> : duration(endedAt - startedAt, locale),
    },
  ];
  return (
    <details className="fold" open={rollouts.length > 0}>
      <summary>
        <h3>{t('rollouts.title')}</h3> <span className="count">{rollouts.length}</span>
      </summary>
      {rollouts.length === 0 ? (
        <p className="none">{t('rollouts.none')}</p>
      ) : (
        <div className={rollouts.length > 8 ? 'long' : undefined}>
          <Table
            caption={t('rollouts.caption', { system: inert(name) })}
            columns={columns}
            rows={rollouts}
            keyOf={({ id }) => id}
          />
        </div>
      )}
    </details>
  );
}

function Way({ rollout }: { rollout: RolloutView }) {
  const { t } = usePage();
  return (
    <>
      <span className="kind">{t(`rollouts.${rollout.kind}`)}</span>{' '}
      <small className="way">{wayOf(rollout, t)}</small>
    </>
  );
}

/** From which release to which, in words. */
export function wayOf({ fromRelease: from, toRelease: to }: RolloutView, t: Page['t']): string {
  if (from === null) return t('rollouts.first', { to });
  return from === to ? t('rollouts.same', { to }) : t('rollouts.way', { from, to });
}

function Verdict({ rollout: { state, reason, done, of } }: { rollout: RolloutView }) {
  const { t } = usePage();
  return (
    <>
      <Badge tone={TONES[state]}>{t(`rollouts.state.${state}`)}</Badge>
      {state !== 'promoted' && (
        <span className="why">
          {state === 'running'
            ? t('rollouts.progress', { done: Math.min(of, done + 1), of })
            : t('rollouts.after', { done, of })}
          {reason !== '' && (
            <>
              {' · '}
              <Said>{reason}</Said>
            </>
          )}
        </span>
      )}
    </>
  );
}
