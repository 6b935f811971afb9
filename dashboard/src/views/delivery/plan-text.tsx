import { useEffect, useMemo } from 'react';
import { askPlan, type MoveQuestion } from '../../api/ask.ts';
import type { MovePlanView, Place, ReleaseView } from '../../api/types.ts';
import { servicesIn } from '../../state/plan.ts';
import { mayIn } from '../../state/rights.ts';
import { makeStore, type Store } from '../../state/store.ts';
import { inert } from '../../words/inert.ts';
import type { Ready } from '../ask-dialog.tsx';
import { stepText } from '../change-steps.tsx';
import { useLive, useMe, usePage } from '../context.tsx';
import { Problem } from '../problem.tsx';
import { Source } from '../source.tsx';
import { Commands, Names } from '../text.tsx';
import { useAnswer } from '../use-answer.ts';

/** For a dialog that is answered once the plan is known. */
export function usePlanned(): Store<Ready> {
  return useMemo(() => makeStore<Ready>({ isReady: false }), []);
}

interface PlanTextProps {
  place: Place;
  move: MoveQuestion;
  /** The word that it may need is what is being given. */
  isApproved?: boolean;
  ready: Store<Ready>;
}

/** What a change would do, exactly, asked of the server while the dialog is open: nothing is done before that is known. */
export function PlanText({ place, move, isApproved = false, ready }: PlanTextProps) {
  const { t } = usePage();
  const me = useMe();
  const { value: plan, problem } = useAnswer('plan', (signal) => askPlan(place, move, signal));
  const waits = !isApproved && plan?.approve != null && !mayIn(me, plan.approve, place.environment);
  useEffect(() => {
    ready.set({ isReady: plan !== null, ...(waits && { yes: t('ask.approval') }) });
    return () => ready.set({ isReady: false });
  }, [plan, waits, ready, t]);
  return (
    <>
      <FromTo place={place} release={move.release} />
      {problem !== null && <Problem problem={problem} cutOff={t('database.cutOff')} />}
      {plan === null && problem === null && <p className="plan-loading">{t('plan.loading')}</p>}
      {waits && (
        <p className="trouble trouble-wait">
          {t(`approvals.who.${plan.approve!}`, { environment: inert(place.environment) })} {t('plan.waits')}
        </p>
      )}
      {plan !== null && <Doing plan={plan} />}
    </>
  );
}

function FromTo({ place, release }: { place: Place; release: number }) {
  const { t } = usePage();
  const systems = useLive().overview?.systems.filter(({ name }) => name === place.system) ?? [];
  const here = systems.find(({ environment }) => environment === place.environment);
  const releases = systems.flatMap((system) => system.releases);
  const find = (number: number) => releases.find((one) => one.number === number);
  const from = here?.up && here.release !== null ? here.release : null;
  return (
    <dl className="from-to">
      {from === null ? (
        <div>
          <dt>{t('ask.from')}</dt>
          <dd>{t('environments.nothing')}</dd>
        </div>
      ) : (
        <End name={t('ask.from')} number={from} release={find(from)} />
      )}
      <End name={t('ask.to')} number={release} release={find(release)} />
    </dl>
  );
}

function End({ name, number, release }: { name: string; number: number; release: ReleaseView | undefined }) {
  const { t, locale } = usePage();
  const made = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{t('system.release', { number })}</strong>
        {release !== undefined && (
          <>
            <br />
            <Source release={release} />
            <br />
            <small>{made.format(release.createdAt)}</small>
          </>
        )}
      </dd>
    </div>
  );
}

function Doing({ plan }: { plan: MovePlanView }) {
  const { t } = usePage();
  const { operations, notes } = plan;
  if (operations.length === 0) return <p>{t('plan.nothing')}</p>;
  const services = servicesIn(operations);
  return (
    <>
      {services.length > 0 && (
        <p>
          {t('plan.replaced')} <Names>{services}</Names>.
        </p>
      )}
      <p>{t('ask.backText')}</p>
      {notes.map((note) => (
        <p key={note} className="note">
          <Commands>{note}</Commands>
        </p>
      ))}
      <details className="plan">
        <summary>
          {t('act.showSteps')} <span className="count">{operations.length}</span>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <ol tabIndex={0} aria-label={t('act.showSteps')}>
          {operations.map((operation, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the plan
            <li key={index}>{stepText(operation, t)}</li>
          ))}
        </ol>
      </details>
    </>
  );
}
