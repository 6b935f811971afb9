import { todosUrl } from './api.js';
import { config } from './config.js';
import { isKnown, onOtherTab, withKeys, writeTodos } from './mirror.js';
import { sayConnection, sayRefused } from './notice.js';
import { createStore } from './store.js';
import { createSync } from './sync.js';
import { connectList, showList } from './todo-list.js';
import { startWeather } from './weather.js';

const store = createStore(() => {
  showList(store);
  sync();
});
const sync = createSync({ changed: () => showList(store), connection: sayConnection, refused: sayRefused });

if (!isKnown() && config.todos) writeTodos(withKeys(config.todos));
connectList(store);
showList(store);
onOtherTab(() => showList(store));
follow();
addEventListener('online', sync);
addEventListener('offline', () => sayConnection(false));
startWeather();
navigator.serviceWorker?.register('/page/offline-worker.js', { scope: '/' }).catch(() => {});

/** Each change that anyone makes starts a round; so does the stream itself when it is there (again). */
function follow() {
  const events = new EventSource(`${todosUrl}/events`);
  events.addEventListener('open', sync);
  events.addEventListener('change', sync);
  events.addEventListener('error', () => {
    sync();
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, 3000);
  });
}
