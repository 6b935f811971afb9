import { type ReactNode, useId } from 'react';
import type { HostView } from '../api/types.ts';
import { useLive, usePage } from './context.tsx';
import { Name, Said } from './text.tsx';

/** What this host is, and what it can and cannot enforce. */
export function HostFacts() {
  const { t } = usePage();
  const id = useId();
  const { overview } = useLive();
  if (overview === null) return null;
  const { host } = overview;
  return (
    <section className="host" aria-labelledby={id}>
      <h2 id={id}>{t('host.title')}</h2>
      <Trust host={host} />
      <dl>
        <Fact name={t('host.gateway')}>
          <Presence connected={host.gateway.connected} pid={host.gateway.pid} />
          {host.gateway.problem !== null && (
            <span className="why">
              <Said>{host.gateway.problem}</Said>
            </span>
          )}
        </Fact>
        <Fact name={t('host.supervisor')}>
          <Presence connected={host.supervisor.connected} pid={null} />
        </Fact>
        {Object.entries(host.capabilities).map(([name, text]) => (
          <Fact key={name} name={capabilityName(name, t)}>
            <Said>{text}</Said>
          </Fact>
        ))}
        <Fact name={t('host.port')}>{String(host.httpPort)}</Fact>
        <Fact name={t('host.version')}>
          <Name>{host.version}</Name>
        </Fact>
      </dl>
    </section>
  );
}

/** Said before everything else where services are not kept from what Escale keeps. */
function Trust({ host: { capabilities } }: { host: HostView }) {
  const { t } = usePage();
  if (!Object.values(capabilities).some((text) => text.includes('trusted code only'))) return null;
  return (
    <p className="trust">
      <strong>{t('host.trusted')}</strong> {t('host.trustedText')}
    </p>
  );
}

function capabilityName(name: string, t: ReturnType<typeof usePage>['t']): string {
  return name === 'limits' || name === 'user' ? t(`host.${name}`) : name;
}

function Presence({ connected, pid }: { connected: boolean; pid: number | null }) {
  const { t } = usePage();
  if (!connected) return <strong className="away">{t('host.away')}</strong>;
  return pid === null ? t('host.connected') : t('host.connectedPid', { pid: String(pid) });
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
