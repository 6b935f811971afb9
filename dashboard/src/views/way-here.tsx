import type { ReactElement } from 'react';
import { usePage } from './context.tsx';

/** The way back, step by step. */
export function WayHere({ steps }: { steps: ReactElement[] }) {
  const { t } = usePage();
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
