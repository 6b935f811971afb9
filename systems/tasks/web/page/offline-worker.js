/** The page's own files, kept by the browser so that it opens without a network too. What the services say is not kept. */

const store = 'tasks-page-1';
const isOurs = (/** @type {URL} */ url) =>
  url.origin === location.origin && (url.pathname === '/' || url.pathname.startsWith('/page/'));

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && isOurs(new URL(event.request.url)))
    event.respondWith(answer(event.request));
});

/** The network's answer, which is kept; without one the answer kept before. */
async function answer(request) {
  const cache = await caches.open(store);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
