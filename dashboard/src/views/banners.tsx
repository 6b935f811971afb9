import { duration, moment } from '../words/format.ts';
import { useLive, usePage, useStore } from './context.tsx';

/** What a reader must know before believing the page: that it is old, or that a part of Escale is away. */
export function Banners() {
  const { connection, overview } = useLive();
  return (
    <>
      {connection.state === 'lost' && <Lost retryAt={connection.retryAt} />}
      {connection.state === 'signed-out' && <SignedOut />}
      {connection.state === 'live' && overview !== null && !overview.host.supervisor.connected && (
        <Away word="host.supervisorAway" />
      )}
      {connection.state === 'live' &&
        overview?.host.supervisor.connected &&
        !overview.host.gateway.connected && <Away word="host.gatewayAway" />}
    </>
  );
}

function Lost({ retryAt }: { retryAt: number }) {
  const { t, locale, clock } = usePage();
  const { overview, clockSkew } = useLive();
  const now = useStore(clock);
  const left = retryAt - now;
  return (
    <p className="banner">
      {overview !== null && (
        <strong>{t('live.lost', { when: moment(overview.at - clockSkew, now, locale) })}</strong>
      )}{' '}
      {left > 0
        ? t('live.retry', { time: duration(Math.ceil(left / 1000) * 1000, locale) })
        : t('live.retrying')}
    </p>
  );
}

function SignedOut() {
  const { t } = usePage();
  return (
    <p className="banner">
      <strong>{t('live.signedOut')}</strong> <code>escale open</code>
    </p>
  );
}

function Away({ word }: { word: 'host.supervisorAway' | 'host.gatewayAway' }) {
  const { t } = usePage();
  return (
    <p className="banner">
      <strong>{t(word)}</strong>
    </p>
  );
}
