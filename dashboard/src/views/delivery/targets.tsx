import { useId } from 'react';
import type { ReleaseChangesView } from '../../api/types.ts';
import type { EnvironmentRow } from '../../state/environments.ts';
import { mayIn } from '../../state/rights.ts';
import { inert } from '../../words/inert.ts';
import { Badge } from '../badge.tsx';
import { useMe, usePage } from '../context.tsx';
import { Name, Said } from '../text.tsx';
import { ApprovalButtons } from './approval-list.tsx';
import { useMove } from './move.tsx';

/** Each environment: whether the release runs or ran there, and the way there, or why there is none. */
export function Targets({ changes, rows }: { changes: ReleaseChangesView; rows: EnvironmentRow[] }) {
  const { t } = usePage();
  const id = useId();
  if (rows.length === 0) return null;
  return (
    <section className="board-in" aria-labelledby={id}>
      <h3 id={id}>{t('release.where')}</h3>
      <ul className="targets">
        {rows.map((row) => (
          <li key={row.environment} className="target">
            <strong className="target-name">
              <Name>{row.environment}</Name>
            </strong>
            <Standing changes={changes} row={row} />
            <Way changes={changes} row={row} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Standing({
  changes,
  row: { view, environment },
}: {
  changes: ReleaseChangesView;
  row: EnvironmentRow;
}) {
  const { t } = usePage();
  const runs = view?.up ? view.release : null;
  if (runs === changes.release) return <Badge tone="go">{t('releases.current')}</Badge>;
  return (
    <span className="quiet-text">
      {runs === null ? t('environments.nothing') : t('release.otherRuns', { number: runs })}
      {changes.takenIn.includes(environment) && <> · {t('release.taken')}</>}
    </span>
  );
}

function Way({ changes, row }: { changes: ReleaseChangesView; row: EnvironmentRow }) {
  const { t } = usePage();
  const me = useMe();
  const move = useMove();
  const { environment, view, target, approval } = row;
  const { system, release } = changes;
  if (view?.up && view.release === release) return null;
  if (approval?.release === release)
    return (
      <span className="target-way">
        <Badge tone="wait">{t('delivery.waiting-for-approval')}</Badge>{' '}
        <ApprovalButtons approval={approval} />
      </span>
    );
  const place = { system, environment };
  const values = { number: release, environment: inert(environment) };
  const isBack = view?.up && changes.takenIn.includes(environment);
  const from = target?.from ?? null;
  if (!isBack && target === null) return null;
  const refusal = isBack ? null : (target?.problem ?? null);
  const act = () =>
    isBack ? move.back(place, release) : from !== null && move.promote(place, { from, release });
  const mayNot = me !== null && !mayIn(me, 'deployer', environment);
  return (
    <span className="target-way">
      <button
        type="button"
        className="quiet"
        disabled={me === null || mayNot || refusal !== null || view?.state === 'updating'}
        aria-label={t(isBack ? 'move.backLabel' : 'move.promoteLabel', values)}
        onClick={act}
      >
        {t(isBack ? 'move.back' : 'move.promote')}
      </button>
      {mayNot ? (
        <span className="why">{t('rights.who.deployer', { environment: inert(environment) })}</span>
      ) : (
        refusal !== null && (
          <span className="why">
            <Said>{refusal}</Said>
          </span>
        )
      )}
    </span>
  );
}
