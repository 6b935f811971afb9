import { changeOf } from '../api/change.ts';
import type { Place, ReleaseView } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { usePage } from './context.tsx';
import { useMove } from './delivery/move.tsx';

/** Asks, then changes the release: `to` a named one, or `stop` the rollout that runs and return to what was. */
export function useRollback(place: Place) {
  const { t, session, question } = usePage();
  const move = useMove();
  const stop = () =>
    session.ask({ kind: 'rollback', place, about: {}, request: changeOf(place, 'rollback', {}) });
  return {
    to: (release: ReleaseView) => move.back(place, release.number),
    stop: () =>
      question.set({
        title: t('ask.returnTitle', { system: inert(place.system) }),
        text: <p>{t('ask.returnText')}</p>,
        yes: t('ask.returnYes'),
        no: t('ask.keepOn'),
        grave: true,
        act: stop,
      }),
  };
}
