import { changeOf } from '../api/change.ts';
import type { Place, ReleaseView, SystemView } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { usePage } from './context.tsx';
import { Source } from './system-header.tsx';

/** Asks, then changes the release: `to` a named one, or `stop` the rollout that runs and return to what was. */
export function useRollback(place: Place, system: SystemView) {
  const { t, session, question } = usePage();
  const name = inert(system.name);
  const current = system.releases.find(({ number }) => number === system.release);
  const ask = (about: Record<string, number>, body: object) =>
    session.ask({ kind: 'rollback', place, about, request: changeOf(place, 'rollback', body) });
  return {
    to: (release: ReleaseView) =>
      question.set({
        title: t('ask.backTitle', { system: name }),
        text: <FromTo from={current} to={release} />,
        yes: t('ask.backYes', { number: release.number }),
        grave: false,
        act: () => ask({ to: release.number }, { to: release.number }),
      }),
    stop: () =>
      question.set({
        title: t('ask.returnTitle', { system: name }),
        text: <p>{t('ask.returnText')}</p>,
        yes: t('ask.returnYes'),
        no: t('ask.keepOn'),
        grave: true,
        act: () => ask({}, {}),
      }),
  };
}

function FromTo({ from, to }: { from: ReleaseView | undefined; to: ReleaseView }) {
  const { t } = usePage();
  return (
    <>
      <dl className="from-to">
        {from !== undefined && <End name={t('ask.from')} release={from} />}
        <End name={t('ask.to')} release={to} />
      </dl>
      <p>{t('ask.backText')}</p>
    </>
  );
}

function End({ name, release }: { name: string; release: ReleaseView }) {
  const { t, locale } = usePage();
  const made = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{t('system.release', { number: release.number })}</strong>
        <br />
        <Source release={release} />
        <br />
        <small>{made.format(release.createdAt)}</small>
      </dd>
    </div>
  );
}
