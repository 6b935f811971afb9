import type { PipelineSummary } from '../../api/types.ts';
import { inert } from '../../words/inert.ts';
import { Badge, type Tone } from '../badge.tsx';
import { usePage } from '../context.tsx';
import { Commands, Name } from '../text.tsx';

type Delivered = PipelineSummary['deliveries'][number];

const TONES: Record<Delivered['verdict'], Tone> = {
  promoted: 'go',
  'waiting-for-approval': 'wait',
  refused: 'stop',
  failed: 'stop',
};

/** Where a run's release went, in short. */
export function Verdicts({ run: { deliveries, environments } }: { run: PipelineSummary }) {
  const { t } = usePage();
  if (environments.length === 0) return t('pipeline.testsOnly');
  if (deliveries.length === 0) return environments.map(inert).join(', ');
  return deliveries.map(({ environment, verdict }) => (
    <span key={environment} className="verdict">
      <Name>{environment}</Name> <Badge tone={TONES[verdict]}>{t(`delivery.${verdict}`)}</Badge>
    </span>
  ));
}

/** Where a run's release went, each with what came of it. */
export function Deliveries({ deliveries }: { deliveries: readonly Delivered[] }) {
  const { t } = usePage();
  if (deliveries.length === 0) return null;
  return (
    <ul className="deliveries" aria-label={t('pipeline.deliveries')}>
      {deliveries.map(({ environment, verdict, message }) => (
        <li key={environment}>
          <strong>
            <Name>{environment}</Name>
          </strong>{' '}
          <Badge tone={TONES[verdict]}>{t(`delivery.${verdict}`)}</Badge>{' '}
          <span className="quiet-text">
            <Commands>{message}</Commands>
          </span>
        </li>
      ))}
    </ul>
  );
}
