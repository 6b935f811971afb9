import { resolveSystem, type SystemFile } from '../../manifest/index.ts';
import { namespaceOf } from '../names.ts';
import type { KubernetesOptions, KubernetesWish } from '../wish.ts';

/** Stands for the digest of an image. */
export const DIGEST = `sha256:${'0'.repeat(64)}`;

/** A wish for a file, with an image by digest for each program. */
export function wishFor(
  file: SystemFile,
  options: Partial<KubernetesOptions> = {},
  environment = 'production',
): KubernetesWish {
  const system = resolveSystem(file, environment);
  const names = [...Object.keys(system.services), ...Object.keys(system.jobs)];
  const programs = names.map((name) => [name, { image: `r.example.org/${name}@${DIGEST}`, version: '7' }]);
  return {
    system,
    options: {
      namespace: namespaceOf(system.name, environment),
      programs: Object.fromEntries(programs),
      routing: { kind: 'gateway-api', gateway: { name: 'public', namespace: 'gateways' } },
      postgres: { kind: 'stateful-set', image: 'postgres:18' },
      storage: { size: '10Gi', className: null },
      outbound: false,
      secret: 'secrets',
      sleepSeconds: 10,
      jobs: { run: '12', retries: 0 },
      ...options,
    },
  };
}
