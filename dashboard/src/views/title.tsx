import { useLayoutEffect } from 'react';
import type { DatabaseRoute } from '../state/database-route.ts';
import { inert } from '../words/inert.ts';
import { useLive, usePage } from './context.tsx';

/** Says in the tab whether all is well, or what is looked at. */
export function useTitle(route: DatabaseRoute | null): void {
  const { t } = usePage();
  const { overview, connection } = useLive();
  const troubled = overview?.systems.filter(({ state }) => state === 'degraded').length ?? 0;
  const isLive = connection.state === 'live' && overview !== null && overview.systems.length > 0;
  const said = troubled > 0 ? t('page.titleTrouble', { count: troubled }) : t('page.titleReady');
  const place =
    route === null ? null : inert([route.table?.name, route.resource].filter(Boolean).join(' · '));
  const title = place !== null ? `${place} · Escale` : isLive ? `${said} · Escale` : 'Escale';
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
}
