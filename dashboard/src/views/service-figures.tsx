import type { ServiceView } from '../api/types.ts';
import { currentRate, type Sample } from '../state/rates.ts';
import { duration, rate } from '../words/format.ts';
import { usePage } from './context.tsx';
import { Figure } from './figure.tsx';
import { Sparkline } from './sparkline.tsx';

/** The numbers of a service, as the gateway counts them. */
export function ServiceFigures({ service, samples }: { service: ServiceView; samples: readonly Sample[] }) {
  const { t, locale } = usePage();
  const { ready, wanted, requests, errors, held, lastPauseMs } = service;
  const count = new Intl.NumberFormat(locale);
  const failing = currentRate(samples, 'errors') ?? 0;
  return (
    <dl className="figures">
      <Figure name={t('service.ready')} tone={ready < wanted ? 'wait' : undefined}>
        <span className="big" aria-hidden="true">
          {count.format(ready)}
          <small>/{count.format(wanted)}</small>
        </span>
        <span className="unseen">{t('service.count', { ready, wanted })}</span>
      </Figure>
      <div className="figure figure-rate">
        <dt>{t('service.rate')}</dt>
        <dd>
          <Rate samples={samples} />
          <Sparkline samples={samples} />
        </dd>
      </div>
      <Figure name={t('service.total')}>{count.format(requests)}</Figure>
      <Figure name={t('service.errors')} tone={failing > 0 ? 'stop' : undefined}>
        {count.format(errors)}
        {failing > 0 && <small> {t('service.errorsNow', { rate: rate(failing, locale) })}</small>}
      </Figure>
      <Figure name={t('service.held')} help={t('service.heldHelp')} tone={held > 0 ? 'wait' : undefined}>
        {count.format(held)}
      </Figure>
      {lastPauseMs !== null && (
        <Figure name={t('service.pause')} help={t('service.pauseHelp')}>
          {duration(lastPauseMs, locale)}
        </Figure>
      )}
    </dl>
  );
}

function Rate({ samples }: { samples: readonly Sample[] }) {
  const { t, locale } = usePage();
  const perSecond = currentRate(samples);
  if (perSecond === null)
    return (
      <span className="big">
        <span aria-hidden="true">–</span>
        <span className="unseen">{t('service.rateUnknown')}</span>
      </span>
    );
  const shown = rate(perSecond, locale);
  return (
    <span className="big">
      <span aria-hidden="true">{shown}</span>
      <span className="unseen">{t('service.rateLong', { rate: shown })}</span>
    </span>
  );
}
