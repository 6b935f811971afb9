import type { ReactNode } from 'react';

export type Tone = 'go' | 'wait' | 'stop' | 'note' | 'plain';

/** A word on a coloured ground with a shape before it; the word alone says everything. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
        {SHAPES[tone]}
      </svg>
      {children}
    </span>
  );
}

const SHAPES: Record<Tone, ReactNode> = {
  go: <circle cx="5" cy="5" r="4" />,
  wait: <path d="M5 .5 9.5 9H.5z" />,
  stop: <path d="M1 1h8v8H1z" />,
  note: <path d="M1 1.5 9 5 1 8.5z" />,
  plain: <path d="M1 4h8v2H1z" />,
};
