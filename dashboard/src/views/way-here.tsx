import type { ReactElement } from 'react';
import { hashOf, SYSTEMS } from '../state/route.ts';
import { usePage } from './context.tsx';
import { Name } from './text.tsx';

/** The way back, step by step: from all systems, over the one that this is of, to what is between it and here. */
export function WayHere({ system = null, then = [] }: { system?: string | null; then?: ReactElement[] }) {
  const { t } = usePage();
  const steps = [
    <a key="systems" href={hashOf(SYSTEMS)}>
      {t('database.systems')}
    </a>,
    ...(system === null ? [] : [<SystemLink key="system" system={system} />]),
    ...then,
  ];
  return (
    <nav className="way-here" aria-label={t('database.way')}>
      <ol>
        {steps.map((step) => (
          <li key={step.key}>{step}</li>
        ))}
      </ol>
    </nav>
  );
}

export function SystemLink({ system }: { system: string }) {
  return (
    <a href={hashOf({ view: 'system', system })}>
      <Name>{system}</Name>
    </a>
  );
}
