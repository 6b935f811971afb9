import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Me } from '../api/types.ts';
import type { Change } from '../state/change.ts';
import type { LiveState } from '../state/live-state.ts';
import type { Route } from '../state/route.ts';
import type { Session } from '../state/session.ts';
import type { Store } from '../state/store.ts';
import type { Language } from '../words/language.ts';
import type { Translate } from '../words/translate.ts';
import type { Question } from './ask-dialog.tsx';

/** What every view may use. */
export interface Page {
  language: Language;
  /** The reader's own form of the language, for numbers and dates. */
  locale: string;
  t: Translate;
  session: Session;
  /** This browser's time, once a second. */
  clock: Store<number>;
  /** Opens the one dialog of the page. */
  question: Store<Question | null>;
  /** What is looked at. */
  route: Store<Route>;
  /** Tells a screen reader. */
  say: (text: string) => void;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  return useContext(PageContext)!;
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

export function useLive(): LiveState {
  return useStore(usePage().session.live);
}

export function useChanges(): readonly Change[] {
  return useStore(usePage().session.changes);
}

/** Who looks; null until that is known. */
export function useMe(): Me | null {
  return useStore(usePage().session.me);
}

/** The server's time, to compare with the times it tells, ms since 1970. */
export function useServerNow(): number {
  const { clock, session } = usePage();
  return useStore(clock) + session.live.get().clockSkew;
}
