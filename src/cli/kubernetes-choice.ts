import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { EscaleError } from '../core/errors/index.ts';
import { parseReference } from '../core/image/index.ts';
import { type Account, sizeQuantity } from '../core/kubernetes/index.ts';
import { type HandOverChoice, USUAL_CHOICE } from '../core/render/index.ts';
import type { KubernetesRequest } from '../delivery/index.ts';
import { optionOf, ROUTINGS, withClusterWords } from './cluster-words.ts';

/** What commands for Kubernetes take, as it was written. */
export interface KubernetesFlags {
  environment: string;
  namespace?: string;
  routing: (typeof ROUTINGS)[number];
  gateway?: string;
  gatewayImage?: string;
  gatewayInstances?: 'every-node' | number;
  gatewayPort?: number;
  gatewayLoadBalancer?: boolean;
  ingressClass?: string;
  postgres: 'stateful-set' | 'cloudnative-pg';
  postgresImage?: string;
  postgresInstances?: number;
  storage?: string;
  storageClass?: string;
  outbound?: boolean;
  images?: string;
  account?: string;
}

/** What decides which kinds of objects there are, and so which rights. `usual`: the way in where none is said. */
export function withRightsOptions(command: Command, usual: KubernetesFlags['routing']): Command {
  return command
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--namespace <name>', 'namespace; by default <system>-<environment>')
    .addOption(
      new Option('--routing <how>', 'how requests from outside come to the routed services')
        .choices(ROUTINGS)
        .default(usual),
    )
    .option('--ingress-class <class>', 'with ingress: its class; nginx and traefik can cut prefixes')
    .addOption(
      new Option('--postgres <how>', 'one server with a volume, or the operator CloudNativePG')
        .choices(['stateful-set', 'cloudnative-pg'])
        .default('stateful-set'),
    );
}

export function withKubernetesOptions(command: Command): Command {
  const withGateway = withRightsOptions(command, 'gateway-api').option(
    '--gateway <name>',
    'with gateway-api: [namespace/]name of the Gateway; by default gateway/gateway',
  );
  return withClusterWords(withGateway)
    .option('--gateway-image <reference>', 'with escale-gateway: what `escale image gateway` printed')
    .option('--images <file>', 'images by digest: what `escale image push --json` wrote');
}

export const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const CLASS = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
export const SIZE = /^[1-9]\d{0,9}(Mi|Gi|Ti|M|G|T)$/;

/** What was chosen, judged as a whole; `usual` as above. Throws `kubernetes-choice` with all that can't be used. */
export function kubernetesRequest(
  flags: KubernetesFlags,
  usual: KubernetesFlags['routing'] = 'gateway-api',
): KubernetesRequest {
  const mistakes = [...wrongForms(flags), ...needless(flags)];
  if (mistakes.length > 0) throw new EscaleError('kubernetes-choice', mistakes.join('\n'));
  return {
    environment: flags.environment,
    choice: {
      namespace: flags.namespace ?? null,
      routing: routingOf(flags),
      gatewayImage: flags.gatewayImage ?? null,
      postgres: {
        kind: flags.postgres,
        image: flags.postgresImage ?? null,
        instances: flags.postgresInstances ?? USUAL_CHOICE.postgres.instances,
      },
      storage: {
        size: flags.storage === undefined ? USUAL_CHOICE.storage.size : sizeQuantity(flags.storage),
        className: flags.storageClass ?? null,
      },
      outbound: flags.outbound === true,
      images: flags.images === undefined ? null : imagesIn(flags.images),
    },
    words: wordsOf(flags, usual),
  };
}

function wrongForms(flags: KubernetesFlags): string[] {
  const { namespace, gateway, ingressClass, storage, storageClass, account } = flags;
  const names = (text: string) =>
    text.split('/').length <= 2 && text.split('/').every((word) => NAME.test(word));
  return misfits([
    ['--namespace', namespace, (text) => NAME.test(text), 'a name of lower case letters, digits and hyphens'],
    ['--gateway', gateway, names, 'a name, or namespace/name'],
    ['--ingress-class', ingressClass, (text) => CLASS.test(text), 'the name of a class such as nginx'],
    ['--storage', storage, (text) => SIZE.test(text), 'a size such as 10Gi'],
    ['--storage-class', storageClass, (text) => CLASS.test(text), 'the name of a class such as fast'],
    ['--account', account, isAccount, 'NAMESPACE/NAME of an account, such as escale/escale'],
  ]);
}

/** An option, what was written, whether that fits, and what would. */
export type Form = [string, string | undefined, (text: string) => boolean, string];

/** Each option that was written and does not fit, with what was expected. */
export function misfits(forms: Form[]): string[] {
  return forms
    .filter(([, text, fits]) => text !== undefined && !fits(text))
    .map(([option, text, , expected]) => `${option}: expected ${expected}, got ${JSON.stringify(text)}`);
}

/** Accounts are named as objects are: their names may have dots. */
function isAccount(text: string): boolean {
  const [namespace = '', name = '', ...more] = text.split('/');
  return NAME.test(namespace) && CLASS.test(name) && more.length === 0;
}

/** An account that was judged already. */
export function accountIn(text: string): Account {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

/** Options that would be passed over: each belongs to another choice. */
function needless({
  routing,
  postgres,
  gateway,
  gatewayImage,
  gatewayInstances,
  gatewayPort,
  gatewayLoadBalancer,
  ingressClass,
  postgresInstances,
}: KubernetesFlags): string[] {
  const own = { gatewayImage, gatewayInstances, gatewayPort, gatewayLoadBalancer };
  const wrong: [boolean, string][] = [
    [gateway !== undefined && routing !== 'gateway-api', '--gateway belongs to --routing gateway-api'],
    ...Object.entries(own).map(([name, value]): [boolean, string] => [
      value !== undefined && routing !== 'escale-gateway',
      `${optionOf(name)} belongs to --routing escale-gateway`,
    ]),
    [
      gatewayLoadBalancer === true && gatewayPort !== undefined,
      '--gateway-port and --gateway-load-balancer are two ways in: choose one',
    ],
    [ingressClass !== undefined && routing !== 'ingress', '--ingress-class belongs to --routing ingress'],
    [
      postgresInstances !== undefined && postgres !== 'cloudnative-pg',
      '--postgres-instances belongs to --postgres cloudnative-pg',
    ],
  ];
  return wrong.filter(([is]) => is).map(([, message]) => message);
}

/** An option that another one leaves no choice for. */
export function needlessWith(option: string, name: string): EscaleError {
  return new EscaleError(
    'kubernetes-choice',
    `${optionOf(name)} can’t be chosen with ${option}: what runs was chosen before`,
  );
}

function routingOf({ routing, gateway, ingressClass, ...own }: KubernetesFlags): HandOverChoice['routing'] {
  if (routing === 'escale-gateway')
    return {
      kind: routing,
      instances: own.gatewayInstances ?? 'every-node',
      expose: own.gatewayLoadBalancer
        ? { type: 'LoadBalancer' }
        : { type: 'NodePort', port: own.gatewayPort ?? null },
    };
  if (routing === 'ingress') return { kind: routing, className: ingressClass ?? null };
  if (routing !== 'gateway-api') return { kind: routing };
  if (gateway === undefined) return USUAL_CHOICE.routing;
  const [name, namespace = null] = gateway.split('/').reverse();
  return { kind: routing, gateway: { name: name!, namespace } };
}

/** What `escale image push --json` wrote: the images, and in the same order where they were pushed to. */
function imagesIn(file: string): NonNullable<HandOverChoice['images']> {
  const { images, pushed } = jsonIn(file);
  if (!Array.isArray(images) || !Array.isArray(pushed) || images.length !== pushed.length)
    throw wrongImages(file, 'expected what `escale image push --json` wrote');
  return Object.fromEntries(
    images.map(({ name }, index) => {
      const { reference } = pushed[index]!;
      if (parseReference(reference).digest === null) throw wrongImages(file, `${reference} has no digest`);
      return [name, reference];
    }),
  );
}

function jsonIn(file: string): { images?: { name: string }[]; pushed?: { reference: string }[] } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw wrongImages(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function wrongImages(file: string, why: string): EscaleError {
  return new EscaleError('kubernetes-choice', `--images: ${why}`, { place: file });
}

/** The options that say the same again, those that are as usual left out. */
function wordsOf(flags: KubernetesFlags, usual: KubernetesFlags['routing']): string[] {
  const { environment, routing, postgres, outbound } = flags;
  const said: [string, string | undefined][] = [
    ['-e', environment === 'local' ? undefined : environment],
    ['--namespace', flags.namespace],
    ['--routing', routing === usual ? undefined : routing],
    ['--gateway', flags.gateway],
    ['--gateway-image', flags.gatewayImage],
    ['--gateway-instances', flags.gatewayInstances?.toString()],
    ['--gateway-port', flags.gatewayPort?.toString()],
    ['--ingress-class', flags.ingressClass],
    ['--postgres', postgres === 'stateful-set' ? undefined : postgres],
    ['--postgres-image', flags.postgresImage],
    ['--postgres-instances', flags.postgresInstances?.toString()],
    ['--storage', flags.storage],
    ['--storage-class', flags.storageClass],
    ['--images', flags.images],
    ['--account', flags.account],
  ];
  const pairs = said.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  const alone: [string, boolean | undefined][] = [
    ['--gateway-load-balancer', flags.gatewayLoadBalancer],
    ['--outbound', outbound],
  ];
  return [...pairs, ...alone.flatMap(([option, isSaid]) => (isSaid === true ? [option] : []))];
}
