import { useEffect, useRef } from 'react';
import { type DatabaseRoute, lookId, nameOf } from '../state/database-route.ts';

/** The heading of what is looked at. */
export const DATABASE_TITLE = 'database-title';

/** Whoever goes to another view finds the focus there: on its heading, or on the link that they had left by. */
export function useFocusOnArrival(route: DatabaseRoute | null): void {
  const before = useRef(route);
  useEffect(() => {
    const from = before.current;
    before.current = route;
    if (nameOf(from) === nameOf(route)) return;
    const target = document.getElementById(route === null && from !== null ? lookId(from) : DATABASE_TITLE);
    (target ?? document.getElementById('systems'))?.focus();
  }, [route]);
}
