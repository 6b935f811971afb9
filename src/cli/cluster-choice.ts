import { type Command, Option } from 'commander';
import { EscaleError } from '../core/errors/index.ts';
import { type ClusterSetting, isClusterAddress } from '../core/target/index.ts';
import { optionOf, ROUTINGS, withClusterWords } from './cluster-words.ts';
import type { KubernetesFlags } from './kubernetes-choice.ts';

/** How a cluster is used, as it was written. */
export interface ClusterFlags extends Partial<Omit<KubernetesFlags, 'environment' | 'namespace' | 'images'>> {
  registry?: string;
  plainHttp?: boolean;
}

/** What makes a cluster known takes; `escale render kubernetes` has the same words. */
export function withClusterOptions(command: Command): Command {
  const withWays = command
    .option(
      '--registry <place>',
      'of a cluster: REGISTRY/FOLDER that images are brought to and it takes them from',
    )
    .option('--plain-http', 'its registry speaks http')
    .addOption(
      new Option(
        '--routing <how>',
        'how requests from outside come to the routed services; by default escale-gateway',
      ).choices(ROUTINGS),
    )
    .option(
      '--gateway <name>',
      'with gateway-api: [namespace/]name of the Gateway; by default gateway/gateway',
    )
    .option('--ingress-class <class>', 'with ingress: its class; nginx and traefik can cut prefixes')
    .addOption(
      new Option(
        '--postgres <how>',
        'one server with a volume (the default), or the operator CloudNativePG',
      ).choices(['stateful-set', 'cloudnative-pg']),
    );
  return withClusterWords(withWays);
}

/** Null for a host. Throws `kubernetes-choice` with all that can't be used, `image-reference`. */
export async function clusterSetting(address: string, flags: ClusterFlags): Promise<ClusterSetting | null> {
  const { registry: place, plainHttp = false, ...rest } = flags;
  if (!isClusterAddress(address)) {
    const [first] = Object.keys(flags);
    if (first === undefined) return null;
    throw new EscaleError(
      'kubernetes-choice',
      `${optionOf(first)} belongs to clusters: kubernetes://CONTEXT`,
    );
  }
  if (place === undefined)
    throw new EscaleError('kubernetes-choice', '--registry is missing: a cluster takes its images from one', {
      next: 'Add `--registry registry.example.org/team`: where Escale brings images, and the cluster takes them from.',
    });
  // Loaded when a cluster is made known: other commands show targets, too.
  const { parseReference } = await import('../core/image/index.ts');
  const { postgresChoice } = await import('../core/render/index.ts');
  const { kubernetesRequest } = await import('./kubernetes-choice.ts');
  const { registry, repository } = parseReference(place);
  const usual = { environment: 'local', routing: 'escale-gateway', postgres: 'stateful-set' } as const;
  const { choice } = kubernetesRequest({ ...usual, ...rest });
  const { routing, storage, outbound, postgres } = choice;
  const { kind, image } = postgres;
  // Escale brings its own image to the registry of a target.
  const server: ClusterSetting['postgres'] =
    kind === 'stateful-set' && image === null ? { kind, image } : postgresChoice(postgres);
  return { registry, repository, plainHttp, routing, storage, outbound, postgres: server };
}
