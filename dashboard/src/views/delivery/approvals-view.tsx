import { ChangeList } from '../change-list.tsx';
import { useLive, usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { ApprovalList } from './approval-list.tsx';

/** Everything that waits for somebody's word. */
export function ApprovalsView() {
  const { t } = usePage();
  const { overview } = useLive();
  return (
    <section className="board" aria-labelledby={VIEW_TITLE}>
      <header className="board-head">
        <h2 id={VIEW_TITLE} tabIndex={-1}>
          {t('approvals.title')}
        </h2>
      </header>
      <ChangeList of={{ kinds: ['approve', 'refuse'] }} />
      {overview === null ? (
        <p className="none">{t('database.loading')}</p>
      ) : overview.approvals.length === 0 ? (
        <p className="none">{t('approvals.none')}</p>
      ) : (
        <ApprovalList approvals={overview.approvals} />
      )}
    </section>
  );
}
