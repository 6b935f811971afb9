import type { ServerResponse } from 'node:http';

/** Tells open event streams that a list has changed; what it is now they ask themselves. */
export interface Hub {
  /** Makes the answer an event stream on a list, until either side closes it. */
  follow: (list: string, response: ServerResponse) => void;
  /** Null: any list may have changed. */
  tell: (list: string | null) => void;
  /** Ends every stream, and those to come at once; their clients connect again, elsewhere. */
  close: () => void;
}

/** Comments that keep idle streams from being cut on the way, ms. */
const beatEvery = 15_000;
/** A client that has not read this many bytes is too slow to keep. */
const mostUnread = 64 * 1024;

/** A hub without streams. */
export function createHub(): Hub {
  const followers = new Map<ServerResponse, string>();
  let closed = false;
  const write = (response: ServerResponse, text: string) => {
    if (response.writableLength > mostUnread) response.destroy();
    else response.write(text);
  };
  const beat = setInterval(() => {
    for (const response of followers.keys()) write(response, ':\n\n');
  }, beatEvery);
  beat.unref();
  return {
    follow: (list, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1000\n\nevent: open\ndata: {}\n\n');
      if (closed) return response.end();
      followers.set(response, list);
      response.once('close', () => followers.delete(response));
    },
    tell: (changed) => {
      for (const [response, list] of followers)
        if (changed === null || changed === list) write(response, 'event: change\ndata: {}\n\n');
    },
    close: () => {
      closed = true;
      clearInterval(beat);
      for (const response of followers.keys()) response.end();
    },
  };
}
