import { useLayoutEffect } from 'react';
import { useLive, usePage } from './context.tsx';

/** Says in the tab whether all is well. */
export function useTitle(): void {
  const { t } = usePage();
  const { overview, connection } = useLive();
  const troubled = overview?.systems.filter(({ state }) => state === 'degraded').length ?? 0;
  const isLive = connection.state === 'live' && overview !== null && overview.systems.length > 0;
  const said = troubled > 0 ? t('page.titleTrouble', { count: troubled }) : t('page.titleReady');
  const title = isLive ? `${said} · Escale` : 'Escale';
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
}
