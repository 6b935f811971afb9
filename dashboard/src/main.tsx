import { createRoot } from 'react-dom/client';
import { announceChanges } from './announce-changes.ts';
import { App } from './app.tsx';
import { makeAnnouncer } from './state/announcements.ts';
import { routeOf } from './state/route.ts';
import { makeSession } from './state/session.ts';
import { makeStore } from './state/store.ts';
import './style/tokens.css';
import './style/page.css';
import './style/board.css';
import './style/parts.css';
import './style/database.css';
import './style/controls.css';
import './style/tables.css';
import './style/changes.css';
import './style/dialog.css';
import './style/aside.css';
import './style/empty.css';
import './style/pipelines.css';
import './style/delivery.css';
import './style/narrow.css';
import type { Question } from './views/ask-dialog.tsx';
import { PageContext } from './views/context.tsx';
import { en } from './words/en.ts';
import { fr } from './words/fr.ts';
import { inert } from './words/inert.ts';
import { pickLanguage } from './words/language.ts';
import { serverText } from './words/server-text.ts';
import { fill, type Translate } from './words/translate.ts';

const { language, locale } = pickLanguage(navigator.languages);
document.documentElement.lang = language;
const catalogue = { en, fr }[language];
const t: Translate = (word, values = {}) => fill(catalogue[word], values, locale);

const session = makeSession(() => Date.now());
const clock = makeStore(Date.now());
setInterval(() => clock.set(Date.now()), 1000);
const route = makeStore(routeOf(location.hash));
addEventListener('hashchange', () => route.set(routeOf(location.hash)));

const announcer = makeAnnouncer({
  speak: sayTo(document.body),
  newsText: (count, last) => t('events.news', { count, last }),
  later: setTimeout,
});
session.start((news, before) => {
  clock.set(Date.now());
  if (news.type === 'event') announcer.news(inert(serverText(news.event.message, language).text));
  if (news.type === 'lost' && before.connection.state === 'live') announcer.say(t('live.off'));
  if (news.type === 'picture' && before.connection.state === 'lost') announcer.say(t('live.back'));
});
announceChanges(session, { t, locale, say: announcer.say });

createRoot(document.getElementById('root')!).render(
  <PageContext
    value={{
      ...{ language, locale, t, session, clock, route },
      say: announcer.say,
      question: makeStore<Question | null>(null),
    }}
  >
    <App />
  </PageContext>,
);

/** The one live region, outside of what React draws, there before anything is said in it. */
function sayTo(parent: HTMLElement): (text: string) => void {
  const region = document.createElement('p');
  region.className = 'unseen';
  region.setAttribute('role', 'status');
  parent.append(region);
  return (text) => {
    region.textContent = text;
  };
}
