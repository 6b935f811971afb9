import { useState } from 'react';
import { changeOf } from '../api/change.ts';
import type { Place, ServiceView } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { useChanges, usePage } from './context.tsx';

const MOST = 100;

/** How many instances are wanted: arrows, keys or the two buttons, then Apply or Enter. */
export function ScaleForm({ place, service }: { place: Place; service: ServiceView }) {
  const { t, session, question } = usePage();
  const [draft, setDraft] = useState<string | null>(null);
  const isBusy = useChanges().some((change) => isScaling(change, place, service.name));
  const name = inert(service.name);
  const count = Number(draft ?? service.wanted);
  const isNumber = draft === null || (/^\d+$/.test(draft) && count <= MOST);
  const isChanged = isNumber && count !== service.wanted;

  const step = (by: number) =>
    setDraft(String(Math.min(MOST, Math.max(0, (isNumber ? count : service.wanted) + by))));
  const scale = () => {
    const request = changeOf(place, 'scale', { numbers: { [service.name]: count } });
    session.ask({ kind: 'scale', place, about: { service: name, count }, request });
    setDraft(null);
  };
  const apply = () => {
    if (!isChanged || isBusy) return;
    if (count > 0) return scale();
    const [title, text, yes] = [t('ask.zeroTitle', { service: name }), t('ask.zeroText'), t('ask.zeroYes')];
    question.set({ title, text: <p>{text}</p>, yes, grave: true, act: scale });
  };

  return (
    <form
      className="scale"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <button
        type="button"
        className="step"
        aria-label={`${t('act.fewer')}: ${name}`}
        onClick={() => step(-1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={0}
        max={MOST}
        aria-label={t('act.scale', { service: name })}
        aria-invalid={!isNumber}
        value={draft ?? service.wanted}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
      />
      <button type="button" className="step" aria-label={`${t('act.more')}: ${name}`} onClick={() => step(1)}>
        +
      </button>
      <button
        type="submit"
        className="apply"
        aria-disabled={!isChanged || isBusy}
        aria-label={t('act.applyLabel', { service: name, count: isNumber ? count : service.wanted })}
      >
        {t('act.apply')}
      </button>
    </form>
  );
}

function isScaling(
  {
    kind,
    outcome,
    place: at,
    about,
  }: { kind: string; outcome: string; place: Place; about: Record<string, unknown> },
  place: Place,
  service: string,
): boolean {
  const isHere = at.system === place.system && at.environment === place.environment;
  return kind === 'scale' && outcome === 'running' && isHere && about.service === inert(service);
}
