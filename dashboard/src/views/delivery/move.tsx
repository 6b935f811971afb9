import { changeOf, promotionOf } from '../../api/change.ts';
import type { Place } from '../../api/types.ts';
import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { PlanText, usePlanned } from './plan-text.tsx';

/** Asks, showing what exactly would be done; then brings a release to an environment. */
export function useMove() {
  const { t, session, question } = usePage();
  const ready = usePlanned();
  return {
    /** From another environment. */
    promote: (place: Place, { from, release }: { from: string; release: number }) =>
      question.set({
        title: t('ask.promoteTitle', { number: release, environment: inert(place.environment) }),
        text: <PlanText place={place} move={{ kind: 'promote', release, from }} ready={ready} />,
        yes: t('ask.promoteYes', { environment: inert(place.environment) }),
        grave: false,
        ready,
        act: () =>
          session.ask({
            kind: 'promote',
            place,
            about: { to: release, from, environment: place.environment },
            request: promotionOf(place, from, release),
          }),
      }),
    /** One that was there before, or that is kept. */
    back: (place: Place, release: number) =>
      question.set({
        title: t('ask.backTitle', { system: inert(place.system) }),
        text: <PlanText place={place} move={{ kind: 'rollback', release, from: null }} ready={ready} />,
        yes: t('ask.backYes', { number: release }),
        grave: false,
        ready,
        act: () =>
          session.ask({
            kind: 'rollback',
            place,
            about: { to: release },
            request: changeOf(place, 'rollback', { to: release }),
          }),
      }),
  };
}
