import { decisionOf } from '../../api/change.ts';
import type { ApprovalView } from '../../api/types.ts';
import { mayIn } from '../../state/rights.ts';
import { hashOf } from '../../state/route.ts';
import { inert } from '../../words/inert.ts';
import { useChanges, useMe, usePage } from '../context.tsx';
import { Name } from '../text.tsx';
import { Ago } from '../time.tsx';
import { PlanText, usePlanned } from './plan-text.tsx';

/** Releases that wait for a word, each with who asked and the two answers. */
export function ApprovalList({ approvals }: { approvals: ApprovalView[] }) {
  return (
    <ul className="approvals">
      {approvals.map((approval) => (
        <li key={approval.id} className="approval">
          <Wanted approval={approval} />
          <ApprovalButtons approval={approval} />
        </li>
      ))}
    </ul>
  );
}

function Wanted({ approval }: { approval: ApprovalView }) {
  const { t } = usePage();
  const { system, release, from, environment, wantedBy, wantedAt } = approval;
  return (
    <p className="approval-what">
      <strong>
        <a href={hashOf({ view: 'release', system, release, since: null })}>
          {t('approvals.release', { number: release, system: inert(system) })}
        </a>{' '}
        {from === null
          ? t('approvals.to', { environment: inert(environment) })
          : t('approvals.fromTo', { from: inert(from), environment: inert(environment) })}
      </strong>
      <span className="why">
        {t('approvals.by')} <Name>{wantedBy}</Name>
        {' · '}
        <Ago at={wantedAt} />
      </span>
    </p>
  );
}

/** The two answers; for those who may not give them, who may. */
export function ApprovalButtons({ approval }: { approval: ApprovalView }) {
  const { t, session } = usePage();
  const me = useMe();
  const decide = useDecision(approval);
  const { id, role, environment, release, system } = approval;
  const isBusy = useChanges().some(({ about, outcome }) => about.approval === id && outcome === 'running');
  if (me === null) return null;
  if (!mayIn(me, role, environment) || !mayIn(me, 'deployer', environment))
    return (
      <span className="quiet-text">{t(`approvals.who.${role}`, { environment: inert(environment) })}</span>
    );
  const what = { number: release, system: inert(system), environment: inert(environment) };
  const refuse = () =>
    session.ask({
      kind: 'refuse',
      place: { system, environment },
      about: { approval: id, to: release },
      request: decisionOf(id, 'refuse'),
    });
  return (
    <span className="approval-buttons">
      <button
        type="button"
        className="main small"
        disabled={isBusy}
        aria-label={t('approvals.approveLabel', what)}
        onClick={decide}
      >
        {t('approvals.approve')}
      </button>
      <button
        type="button"
        className="quiet small"
        disabled={isBusy}
        aria-label={t('approvals.refuseLabel', what)}
        onClick={refuse}
      >
        {t('approvals.refuse')}
      </button>
    </span>
  );
}

/** Shows what would be done, then gives the word. */
function useDecision(approval: ApprovalView) {
  const { t, session, question } = usePage();
  const planned = usePlanned();
  const { id, system, environment, release, from } = approval;
  const place = { system, environment };
  const kind = from === null ? 'deploy' : 'promote';
  return () =>
    question.set({
      title: t('ask.approveTitle', { number: release, environment: inert(environment) }),
      text: <PlanText place={place} move={{ kind, release, from }} isApproved ready={planned} />,
      yes: t('approvals.approve'),
      grave: false,
      ready: planned,
      act: () =>
        session.ask({
          kind: 'approve',
          place,
          about: { approval: id, to: release },
          request: decisionOf(id, 'approve'),
        }),
    });
}
