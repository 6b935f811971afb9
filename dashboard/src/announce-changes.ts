import type { Session } from './state/session.ts';
import { titleOf, verdictOf, type Wording } from './words/change-text.ts';

/** Tells how each change that was asked for here began and ended. */
export function announceChanges(session: Session, page: Wording & { say: (text: string) => void }): void {
  const told = new Map<number, string>();
  session.changes.subscribe(() => {
    for (const change of session.changes.get()) {
      if (told.get(change.id) === change.outcome) continue;
      told.set(change.id, change.outcome);
      page.say(`${titleOf(change, page.t)}: ${verdictOf(change, page)}.`);
    }
  });
}
