import { ago, duration, moment, until } from '../words/format.ts';
import { usePage, useServerNow } from './context.tsx';

/** How long ago something was, with its exact time for those who want it. */
export function Ago({ at }: { at: number }) {
  const { locale } = usePage();
  const now = useServerNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, 0, locale)}>
      {ago(at, now, locale)}
    </time>
  );
}

/** How long it is until something, and when that is. */
export function Until({ at }: { at: number }) {
  const { locale } = usePage();
  const now = useServerNow();
  return (
    <time dateTime={new Date(at).toISOString()}>
      {until(at, now, locale)} ({moment(at, now, locale)})
    </time>
  );
}

/** For how long something has been going on, in whole seconds, the first one included. */
export function Since({ at }: { at: number }) {
  const { locale } = usePage();
  const now = useServerNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, 0, locale)}>
      {duration(Math.max(1000, Math.floor((now - at) / 1000) * 1000), locale)}
    </time>
  );
}

/** The time of day, in the reader's way of writing it. */
export function Moment({ at }: { at: number }) {
  const { locale } = usePage();
  const now = useServerNow();
  return <time dateTime={new Date(at).toISOString()}>{moment(at, now, locale)}</time>;
}
