import { useId } from 'react';
import type { Place, ResourceView, SystemView } from '../api/types.ts';
import { hashOf, lookId } from '../state/database-route.ts';
import { bytes, percent } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import { Badge, type Tone } from './badge.tsx';
import { usePage } from './context.tsx';
import { Figure } from './figure.tsx';
import { Names, Said } from './text.tsx';
import { Since } from './time.tsx';

const TONES: Record<ResourceView['state'], Tone> = {
  ready: 'go',
  starting: 'note',
  unready: 'stop',
  stopping: 'wait',
  stopped: 'plain',
};

/** Kinds that have tables to look at. */
const DATABASES = new Set(['postgres']);

/** The databases and the like of a system: whether they answer, who uses them, what they take. */
export function Resources({ place, system }: { place: Place; system: SystemView }) {
  const { t } = usePage();
  const { resources, up } = system;
  if (resources.length === 0) return null;
  return (
    <div className="part">
      <h3>{t('resources.title')}</h3>
      {resources.map((resource) => (
        <Resource key={resource.name} place={place} resource={resource} up={up} />
      ))}
    </div>
  );
}

function Resource({ place, resource, up }: { place: Place; resource: ResourceView; up: boolean }) {
  const { t } = usePage();
  const id = useId();
  const { name, type, external, state } = resource;
  return (
    <article className="service" aria-labelledby={id}>
      <div className="service-head">
        <h4 id={id}>
          <bdi>{inert(name)}</bdi>
        </h4>
        <Badge tone={TONES[state]}>{t(`resource.${state}`)}</Badge>
        <span className="tag">
          <bdi>{inert(type)}</bdi>
        </span>
        {external && (
          <span className="tag tag-dev" title={t('resource.elsewhereHelp')}>
            {t('resource.elsewhere')}
            <span className="unseen">. {t('resource.elsewhereHelp')}</span>
          </span>
        )}
        {up && DATABASES.has(type) && <LookInside place={place} resource={name} />}
      </div>
      <Why resource={resource} />
      <Figures resource={resource} />
    </article>
  );
}

function LookInside({ place, resource }: { place: Place; resource: string }) {
  const { t } = usePage();
  return (
    <div className="service-actions">
      <a
        className="button"
        id={lookId({ place, resource })}
        href={hashOf({ place, resource, table: null })}
        aria-label={t('resource.lookLabel', { resource: inert(resource) })}
      >
        {t('resource.look')}
      </a>
    </div>
  );
}

function Why({ resource: { state, reason } }: { resource: ResourceView }) {
  const { t } = usePage();
  if (state === 'ready') return null;
  return (
    <p className={`trouble trouble-${TONES[state]}`}>
      <strong>{t(`resource.why.${state}`)}</strong>
      {reason !== '' && (
        <>
          {' · '}
          <Said>{reason}</Said>
        </>
      )}
    </p>
  );
}

function Figures({ resource }: { resource: ResourceView }) {
  const { t, locale } = usePage();
  const { usedBy, sizeBytes, memoryBytes, cpu, startedAt, port } = resource;
  return (
    <dl className="figures figures-small">
      <Figure name={t('resource.usedBy')}>
        {usedBy.length === 0 ? t('resource.unused') : <Names>{usedBy}</Names>}
      </Figure>
      {sizeBytes !== null && <Figure name={t('resource.size')}>{bytes(sizeBytes, locale)}</Figure>}
      {memoryBytes !== null && <Figure name={t('instances.memory')}>{bytes(memoryBytes, locale)}</Figure>}
      {cpu !== null && <Figure name={t('instances.cpu')}>{percent(cpu, locale)}</Figure>}
      {startedAt !== null && (
        <Figure name={t('instances.uptime')}>
          <Since at={startedAt} />
        </Figure>
      )}
      {port !== null && <Figure name={t('resource.port')}>{String(port)}</Figure>}
    </dl>
  );
}
