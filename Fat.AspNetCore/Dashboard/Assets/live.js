// What happens now: server-sent events, and polling where they do not come through.

import { address } from './api.js';

const pollEvery = 5000;
const silenceAllowed = 10000;
const pollsBeforeRetry = 12;

/**
 * Follows a service until the signal ends it. `changed` gets what each event says; `poll` is called at once and every 5 seconds while there are no events, and its failure is shown as no connection;
 * `status` is told `live`, `polling` or `away`.
 */
export function follow(service, { changed, poll, status, signal }) {
  let source = null;
  let watch = null;
  let timer = null;
  let polls = 0;

  connect();
  signal.addEventListener('abort', () => {
    stopSource();
    clearTimeout(timer);
  });

  function connect() {
    source = new EventSource(address(['events'], { service }));
    heard();
    source.addEventListener('overview', event => {
      heard();
      status('live');
      changed(JSON.parse(event.data));
    });
    source.addEventListener('error', fallBack);
  }

  // A proxy that holds events back keeps the connection open and says nothing.
  function heard() {
    clearTimeout(watch);
    watch = setTimeout(fallBack, silenceAllowed);
  }

  function fallBack() {
    stopSource();
    polls = 0;
    return pollOnce();
  }

  async function pollOnce() {
    try {
      await poll();
      if (signal.aborted)
        return;
      status('polling');
    } catch {
      // The page keeps what it shows and says that it is old; the next poll tries again.
      if (signal.aborted)
        return;
      status('away');
    }
    polls++;
    timer = setTimeout(polls < pollsBeforeRetry ? pollOnce : connect, pollEvery);
  }

  function stopSource() {
    clearTimeout(watch);
    source?.close();
    source = null;
  }
}
