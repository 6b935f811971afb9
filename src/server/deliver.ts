import type { ControlPlane } from './control-plane.ts';
import type { Deliver, Delivered } from './pipelines/index.ts';

/** Rolls the release of a run out to each of its environments, one after the other. */
export function deliverWith(controlPlane: ControlPlane): Deliver {
  return async ({ system, environments }, release, tell) => {
    const delivered: Delivered[] = [];
    for (const environment of environments)
      delivered.push(await deliverTo({ system, environment }, { controlPlane, release, tell }));
    return delivered;
  };
}

async function deliverTo(
  place: { system: string; environment: string },
  how: { controlPlane: ControlPlane; release: number; tell: (text: string) => void },
): Promise<Delivered> {
  const { controlPlane, release, tell } = how;
  const { environment } = place;
  try {
    const { rollout } = await controlPlane.deployRelease(place, release, (progress) => {
      if (progress.type === 'note') tell(progress.message);
    });
    if (rollout === null || rollout.state === 'promoted')
      return { environment, verdict: 'promoted', message: `release ${release} runs` };
    return { environment, verdict: 'failed', message: rollout.reason };
  } catch (error) {
    return { environment, verdict: 'failed', message: (error as Error).message };
  }
}
