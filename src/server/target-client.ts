import type { HostFinding } from '../core/target/index.ts';
import type { JsonClient } from '../host/index.ts';
import type { TargetHostView } from './api/types.ts';
import type { TargetWish } from './targets/index.ts';

type Line = { type: 'step'; step: string } | { type: 'result'; target: string; address: string };

/** Hosts elsewhere. */
export function targetsOver(client: JsonClient) {
  return {
    targets: () => client.call<TargetHostView[]>('GET', '/api/targets'),
    async addTarget(
      wish: TargetWish,
      tell: (step: string) => void,
    ): Promise<{ target: string; address: string }> {
      const lines = client.lines<Line>('/api/targets', new AbortController().signal, wish);
      for await (const line of lines) {
        if (line.type === 'result') return { target: line.target, address: line.address };
        tell(line.step);
      }
      throw new Error('the answer ended before its result');
    },
    removeTarget: (name: string, forget: boolean) =>
      client.call<void>('POST', `/api/targets/${encodeURIComponent(name)}/remove`, { forget }),
    examineTarget: (name: string, system: string | null = null) =>
      client.call<HostFinding[]>(
        'GET',
        `/api/targets/${encodeURIComponent(name)}/findings${system === null ? '' : `?system=${encodeURIComponent(system)}`}`,
      ),
  };
}

export type TargetCalls = ReturnType<typeof targetsOver>;
