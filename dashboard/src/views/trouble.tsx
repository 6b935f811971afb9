import type { ServiceView } from '../api/types.ts';
import { duration } from '../words/format.ts';
import { useLive, usePage, useServerNow } from './context.tsx';
import { Name, Said } from './text.tsx';
import { Ago } from './time.tsx';

/** What it needs before it is started; those that run are not asked to stop meanwhile. */
export function Waiting({ service: { waitsFor, instances, wanted } }: { service: ServiceView }) {
  const { t } = usePage();
  if (waitsFor === null || instances.length >= wanted) return null;
  return (
    <p className="trouble">
      <strong>{t('service.waits')}</strong>
      {' · '}
      <Said>{waitsFor}</Said>
    </p>
  );
}

/** Why it does not do well, in plain words. An old failure of a service that does well again is only told quietly. */
export function Trouble({ service }: { service: ServiceView }) {
  const { t } = usePage();
  const { lastFailure, backoffMs, ready, wanted } = service;
  if (lastFailure === null && backoffMs === null) return null;
  const isOver = ready >= wanted && backoffMs === null;
  return (
    <p className={isOver ? 'trouble over' : 'trouble'}>
      {lastFailure !== null && (
        <>
          <strong>{t('service.failure')}</strong> <Ago at={lastFailure.at} />
          {' · '}
          <Name>{lastFailure.instance}</Name>
          {' · '}
          <Said>{lastFailure.reason}</Said>{' '}
        </>
      )}
      {backoffMs !== null && <Backoff ms={backoffMs} />}
    </p>
  );
}

/** Counts down from what the last picture said. */
function Backoff({ ms }: { ms: number }) {
  const { t, locale } = usePage();
  const now = useServerNow();
  const left = Math.max(0, (useLive().overview?.at ?? now) + ms - now);
  const time = duration(Math.ceil(left / 1000) * 1000, locale);
  return <span className="backoff">{t('service.backoff', { time })}</span>;
}
