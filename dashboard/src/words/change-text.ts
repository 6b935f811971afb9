import type { Change } from '../state/change.ts';
import { duration } from './format.ts';
import { inert } from './inert.ts';
import type { Translate } from './translate.ts';

export interface Wording {
  t: Translate;
  locale: string;
}

/** A change's name, for its card and for announcements. */
export function titleOf({ kind, about }: Change, t: Translate): string {
  const values = Object.fromEntries(
    Object.entries(about).map(([name, value]) => [name, typeof value === 'string' ? inert(value) : value]),
  );
  if (kind === 'rollback' && about.to === undefined) return t('change.return');
  if (kind === 'restart' && about.service === undefined) return t('change.restartAll');
  return t(`change.${kind}`, values);
}

/** How a change stands, or how it ended. */
export function verdictOf(change: Change, { t, locale }: Wording): string {
  const { outcome, kind, beganAt, endedAt, replacement } = change;
  const time = duration((endedAt ?? beganAt) - beganAt, locale);
  if (outcome === 'running') return t(kind === 'kill' ? 'change.killed' : 'change.running');
  if (outcome === 'waiting') return t('change.waiting');
  if (outcome === 'nothing') return t('change.nothing');
  if (outcome === 'error') return t('change.error');
  if (outcome === 'not-taken') return t('change.notTaken', { time });
  if (kind === 'refuse') return t('change.refused');
  return replacement === null
    ? t('change.done', { time })
    : t('change.replaced', { instance: inert(replacement), time });
}
