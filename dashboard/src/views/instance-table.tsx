import { killOf } from '../api/change.ts';
import type { InstanceView, Place, ServiceView } from '../api/types.ts';
import { mayIn } from '../state/rights.ts';
import { bytes, percent } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import { type Page, useChanges, useMe, usePage } from './context.tsx';
import { StateMark, shownState, stateWord } from './state-mark.tsx';
import { type Column, Table } from './table.tsx';
import { Name, Said } from './text.tsx';
import { Since } from './time.tsx';

/** The instances of a service, each with what it uses and a way to end it. */
export function InstanceTable({ place, service }: { place: Place; service: ServiceView }) {
  const page = usePage();
  const { t } = page;
  const mayKill = mayIn(useMe(), 'deployer', place.environment);
  if (service.instances.length === 0) return <p className="none">{t('instances.none')}</p>;
  const actions: Column<InstanceView> = {
    key: 'actions',
    title: t('instances.actions'),
    cell: (instance) => <KillButton place={place} service={service} instance={instance} />,
  };
  return (
    <Table
      caption={t('instances.caption', { service: inert(service.name) })}
      columns={[...identityColumns(page, service), ...usageColumns(page), ...(mayKill ? [actions] : [])]}
      rows={service.instances}
      keyOf={({ id }) => id}
    />
  );
}

function identityColumns({ t }: Page, service: ServiceView): Column<InstanceView>[] {
  return [
    {
      key: 'id',
      title: t('instances.id'),
      heads: true,
      cell: (instance) => <Identity instance={instance} />,
    },
    {
      key: 'state',
      title: t('instances.state'),
      cell: (instance) => <State instance={instance} probed={service.probed} />,
    },
    {
      key: 'release',
      title: t('instances.release'),
      numeric: true,
      cell: ({ release }) => release,
    },
  ];
}

function usageColumns({ t, locale }: Page): Column<InstanceView>[] {
  const unknown = t('instances.unknown');
  return [
    {
      key: 'uptime',
      title: t('instances.uptime'),
      numeric: true,
      cell: ({ startedAt }) => <Since at={startedAt} />,
    },
    {
      key: 'memory',
      title: t('instances.memory'),
      numeric: true,
      cell: ({ memoryBytes }) => (memoryBytes === null ? unknown : bytes(memoryBytes, locale)),
    },
    {
      key: 'cpu',
      title: t('instances.cpu'),
      numeric: true,
      cell: ({ cpu }) => (cpu === null ? unknown : percent(cpu, locale)),
    },
    {
      key: 'requests',
      title: t('instances.requests'),
      numeric: true,
      cell: ({ requests }) => new Intl.NumberFormat(locale).format(requests),
    },
  ];
}

function Identity({ instance: { id, pid, port } }: { instance: InstanceView }) {
  const { t } = usePage();
  const values = { pid: String(pid), port: String(port) };
  const process =
    pid === null ? undefined : t(port === null ? 'instances.processOnly' : 'instances.process', values);
  return (
    <span className="id" title={process}>
      <Name>{id}</Name>
    </span>
  );
}

function State({ instance, probed }: { instance: InstanceView; probed: boolean }) {
  const { t } = usePage();
  const shown = shownState(instance, probed);
  return (
    <span className={`state state-${shown}`}>
      <StateMark shown={shown} />
      {t(stateWord(shown))}
      {instance.reason !== '' && (
        <span className="why">
          <Said>{instance.reason}</Said>
        </span>
      )}
    </span>
  );
}

function KillButton({
  place,
  service,
  instance,
}: {
  place: Place;
  service: ServiceView;
  instance: InstanceView;
}) {
  const { t, session, question } = usePage();
  const { id } = instance;
  const isKilled = useChanges().some(
    ({ kind, outcome, about }) => kind === 'kill' && outcome === 'running' && about.instance === id,
  );
  const name = inert(id);
  const kill = () => {
    const among = service.instances.map((other) => other.id).join(' ');
    session.ask({
      kind: 'kill',
      place,
      about: { instance: id, service: service.name, among },
      request: killOf(id),
    });
  };
  const ask = () =>
    question.set({
      title: t('ask.killTitle', { instance: name }),
      text: <p>{t('ask.killText')}</p>,
      yes: t('ask.killYes'),
      grave: true,
      act: kill,
    });
  return (
    <button
      type="button"
      className="quiet small"
      disabled={isKilled}
      aria-label={t('act.killLabel', { instance: name })}
      onClick={ask}
    >
      {t('act.kill')}
    </button>
  );
}
