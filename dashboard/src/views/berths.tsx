import type { ServiceView } from '../api/types.ts';
import { usePage } from './context.tsx';
import { StateMark, shownState, stateWord } from './state-mark.tsx';

const MISSING = Array.from({ length: 100 }, (_, index) => `berth ${index}`);

/** One mark for each instance, and an empty berth for each that is wanted and not there. */
export function Berths({ service }: { service: ServiceView }) {
  const { t, locale } = usePage();
  const { instances, wanted, probed } = service;
  const staying = instances.filter(({ state }) => state !== 'draining' && state !== 'stopping');
  const missing = Math.max(0, wanted - staying.length);
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const word = t(stateWord(shownState(instance, probed)));
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word.toLocaleLowerCase(locale)}`);
  const list = new Intl.ListFormat(locale, { type: 'unit' }).format(parts) || t('act.none');
  return (
    <span className="berths" role="img" aria-label={t('service.berths', { list })}>
      {instances.map((instance) => (
        <StateMark key={instance.id} shown={shownState(instance, probed)} />
      ))}
      {MISSING.slice(0, missing).map((berth) => (
        <StateMark key={berth} shown="missing" />
      ))}
    </span>
  );
}
