// @ts-nocheck: the types of service workers and those of pages exclude each other.
/**
 * Lets the page work without a network once it has been loaded: everything is fetched once and kept, and what is kept serves
 * where the network does not.
 */
/** The build writes the others in. */
const files = ['index.html'];
const name = 'backprop-zoo';

addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(['./', ...files])));
  self.skipWaiting();
});

addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    fetch(request).then(
      (response) => {
        if (response.ok) {
          const copy = response.clone();
          event.waitUntil(caches.open(name).then((cache) => cache.put(request, copy)));
        }
        return response;
      },
      () => caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? Response.error()),
    ),
  );
});
