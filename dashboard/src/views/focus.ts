import { useEffect, useRef } from 'react';
import { lookId } from '../state/database-route.ts';
import { nameOf, type Route } from '../state/route.ts';

/** The heading of what is looked at, where that is not the systems. */
export const VIEW_TITLE = 'view-title';

/** Whoever goes to another view finds the focus there: on its heading, or on the link that they had left by. */
export function useFocusOnArrival(route: Route): void {
  const before = useRef(route);
  useEffect(() => {
    const from = before.current;
    before.current = route;
    if (nameOf(from) === nameOf(route)) return;
    const isBack = route.view === 'systems' && from.view === 'database';
    const target = document.getElementById(isBack ? lookId(from.database) : VIEW_TITLE);
    (target ?? document.getElementById('systems'))?.focus();
  }, [route]);
}
