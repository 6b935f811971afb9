import { useId, useState } from 'react';
import { changeOf } from '../api/change.ts';
import type { Place, ServiceView } from '../api/types.ts';
import { serviceKey } from '../state/rates.ts';
import { mayIn } from '../state/rights.ts';
import { inert, isWebAddress } from '../words/inert.ts';
import { Berths } from './berths.tsx';
import { useChanges, useLive, useMe, usePage } from './context.tsx';
import { InstanceTable } from './instance-table.tsx';
import { ScaleForm } from './scale-form.tsx';
import { ServiceFigures } from './service-figures.tsx';
import { Name } from './text.tsx';
import { Trouble, Waiting } from './trouble.tsx';

/** More instances than this stay folded until they are asked for. */
const SHOWN_OPEN = 12;

/** One service on the board: what it is, how it does, and its instances. */
export function ServiceRow({ place, service, up }: { place: Place; service: ServiceView; up: boolean }) {
  const id = useId();
  const { history } = useLive();
  const me = useMe();
  const samples = history.get(serviceKey(place.system, place.environment, service.name)) ?? [];
  return (
    <article className="service" aria-labelledby={id}>
      <div className="service-head">
        <h4 id={id}>
          <Name>{service.name}</Name>
        </h4>
        <Probing service={service} />
        {up && mayIn(me, 'deployer', place.environment) && <ServiceActions place={place} service={service} />}
        <Addresses service={service} />
      </div>
      <ServiceFigures service={service} samples={samples} />
      <Waiting service={service} />
      <Trouble service={service} />
      <Instances place={place} service={service} />
    </article>
  );
}

function Probing({ service: { probed } }: { service: ServiceView }) {
  const { t } = usePage();
  return (
    <span
      className={probed ? 'tag' : 'tag tag-tcp'}
      title={t(probed ? 'service.probedHelp' : 'service.tcpHelp')}
    >
      {t(probed ? 'service.probed' : 'service.tcp')}
      <span className="unseen">. {t(probed ? 'service.probedHelp' : 'service.tcpHelp')}</span>
    </span>
  );
}

function Addresses({ service: { addresses, internalUrl } }: { service: ServiceView }) {
  const { t } = usePage();
  return (
    <ul className="addresses">
      {addresses.map((address) => (
        <li key={address}>
          <Address address={address} />
        </li>
      ))}
      {internalUrl !== null && (
        <li className="inside">
          {t('service.inside')} <Name>{internalUrl}</Name>
        </li>
      )}
      {addresses.length === 0 && (
        <li className="inside">{t(internalUrl === null ? 'service.worker' : 'service.noAddress')}</li>
      )}
    </ul>
  );
}

function Address({ address }: { address: string }) {
  const text = <Name>{address.replace(/^http:\/\//, '').replace(/\/$/, '')}</Name>;
  return isWebAddress(address) ? <a href={address}>{text}</a> : text;
}

function ServiceActions({ place, service }: { place: Place; service: ServiceView }) {
  const { t, session } = usePage();
  const name = inert(service.name);
  const isBusy = useChanges().some(
    ({ kind, outcome, place: at, about }) =>
      kind === 'restart' && outcome === 'running' && at.system === place.system && about.service === name,
  );
  const restart = () =>
    session.ask({
      kind: 'restart',
      place,
      about: { service: name },
      request: changeOf(place, 'restart', { services: [service.name] }),
    });
  return (
    <div className="service-actions">
      <ScaleForm place={place} service={service} />
      <button
        type="button"
        className="quiet"
        disabled={isBusy}
        aria-label={t('act.restartLabel', { service: name })}
        onClick={restart}
      >
        {t('act.restart')}
      </button>
    </div>
  );
}

function Instances({ place, service }: { place: Place; service: ServiceView }) {
  const { t } = usePage();
  const count = service.instances.length;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? count <= SHOWN_OPEN;
  return (
    <details className="instances" open={isOpen} onToggle={(event) => setIfOther(event.currentTarget.open)}>
      <summary>
        <span>{t('instances.show', { count })}</span>
        <Berths service={service} />
      </summary>
      <div className={count > SHOWN_OPEN ? 'long' : undefined}>
        {isOpen && <InstanceTable place={place} service={service} />}
      </div>
    </details>
  );

  function setIfOther(open: boolean) {
    if (open !== isOpen) setChosen(open);
  }
}
