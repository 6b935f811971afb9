import type { ReactNode } from 'react';

interface FigureProps {
  name: string;
  help?: string;
  tone?: 'wait' | 'stop' | undefined;
  children: ReactNode;
}

/** One fact of a part of a system, below its name. */
export function Figure({ name, help, tone, children }: FigureProps) {
  return (
    <div className={tone === undefined ? 'figure' : `figure figure-${tone}`} title={help}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
