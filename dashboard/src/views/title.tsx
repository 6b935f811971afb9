import { useLayoutEffect } from 'react';
import type { Route } from '../state/route.ts';
import { inert } from '../words/inert.ts';
import type { Translate } from '../words/translate.ts';
import { useLive, usePage } from './context.tsx';

/** Says in the tab whether all is well, or what is looked at. */
export function useTitle(route: Route): void {
  const { t } = usePage();
  const { overview, connection } = useLive();
  const troubled = overview?.systems.filter(({ state }) => state === 'degraded').length ?? 0;
  const isLive = connection.state === 'live' && overview !== null && overview.systems.length > 0;
  const said = troubled > 0 ? t('page.titleTrouble', { count: troubled }) : t('page.titleReady');
  const place = placeOf(route, t);
  const title = place !== null ? `${place} · Escale` : isLive ? `${said} · Escale` : 'Escale';
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
}

function placeOf(route: Route, t: Translate): string | null {
  switch (route.view) {
    case 'systems':
      return null;
    case 'system':
      return inert(route.system);
    case 'release':
      return `${t('system.release', { number: route.release })} · ${inert(route.system)}`;
    case 'pipelines':
      return [t('pipelines.title'), ...(route.system === null ? [] : [inert(route.system)])].join(' · ');
    case 'run':
      return t('pipeline.number', { number: route.run });
    case 'approvals':
    case 'audit':
      return t(`${route.view}.title`);
    case 'database': {
      const { table, resource } = route.database;
      return inert([table?.name, resource].filter(Boolean).join(' · '));
    }
  }
}
