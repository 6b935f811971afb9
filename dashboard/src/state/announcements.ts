/** What a screen reader is told, at most one sentence at a time, and no faster than people can listen. */
export interface Announcer {
  /** Said as soon as may be, before any news. */
  say: (text: string) => void;
  /** Counted until it may be said; the words are made then, of how many there were and the last one. */
  news: (last: string) => void;
}

export interface AnnouncerParts {
  speak: (text: string) => void;
  newsText: (count: number, last: string) => string;
  later: (work: () => void, ms: number) => void;
}

/** Between two announcements, ms. */
export const QUIET_MS = 4000;

export function makeAnnouncer({ speak, newsText, later }: AnnouncerParts): Announcer {
  let sentences: string[] = [];
  let count = 0;
  let last = '';
  let isQuiet = false;
  const next = () => {
    if (isQuiet || (sentences.length === 0 && count === 0)) return;
    speak(sentences.length > 0 ? sentences.join(' ') : newsText(count, last));
    if (sentences.length === 0) count = 0;
    sentences = [];
    isQuiet = true;
    later(() => {
      isQuiet = false;
      next();
    }, QUIET_MS);
  };
  return {
    say(text) {
      sentences.push(text);
      next();
    },
    news(text) {
      count += 1;
      last = text;
      next();
    },
  };
}
