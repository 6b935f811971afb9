import type { ResolvedSystem } from '../manifest/index.ts';

/** What is rendered: a resolved system, and what its cluster wants to know beside the file. */
export interface KubernetesWish {
  system: ResolvedSystem;
  options: KubernetesOptions;
}

export interface KubernetesOptions {
  namespace: string;
  /** By name of service or job. */
  programs: Record<string, RenderedProgram>;
  routing: Routing;
  postgres: PostgresChoice;
  storage: {
    /** Of one volume: `10Gi`. */
    size: string;
    /** Null: the cluster's default. */
    className: string | null;
  };
  /** Whether programs may reach public addresses; those that the system names they always may. */
  outbound: boolean;
  /** Name of the Secret with the values of `${secret.NAME}`, one key each. */
  secret: string;
  /** From the word that a pod goes until it gets SIGTERM: so long the cluster may go on sending to it, seconds. */
  sleepSeconds: number;
  jobs: {
    /** Distinguishes runs of the jobs before a deploy: an object of a run can't be changed. Null: none. */
    run: string | null;
    /** How often a failed run is tried again. */
    retries: number;
  };
}

/** A way in as it is chosen: which image a gateway has, is known with what is deployed. */
export type ChosenRouting = Exclude<Routing, EscaleGateway> | GatewayChoice;

export interface RenderedProgram {
  /** `registry.example.org/shop/web@sha256:…` */
  image: string;
  /** The release that brought it, as `app.kubernetes.io/version`; null: none that is known. */
  version: string | null;
  /** Who serves the files of a `static` service in that image. */
  fileServer?: 'nginx' | 'escale';
}

export type PostgresChoice =
  /** The operator CloudNativePG. `image` null: its own choice. */
  | { kind: 'cloudnative-pg'; instances: number; image: string | null }
  /** One server, of the official image or of Escale's own. */
  | { kind: 'stateful-set'; image: string };

/** The same in the words of a target; `image` null: the one that Escale makes of the PostgreSQL it brings. */
export type PostgresSetting = PostgresChoice | { kind: 'stateful-set'; image: null };

/** What decides which kinds of objects a cluster is asked for. */
export interface KindChoice {
  routing: ChosenRouting;
  postgres: Pick<PostgresChoice, 'kind'>;
}

/** How requests from outside come to the services that have routes. */
export type Routing =
  | { kind: 'none' }
  /** `HTTPRoute`s for a Gateway of the cluster. `namespace` null: the system's own. */
  | { kind: 'gateway-api'; gateway: { name: string; namespace: string | null } }
  /** `className` null: the cluster's default. */
  | { kind: 'ingress'; className: string | null }
  /** Each routed service at a port of its own. */
  | { kind: 'node-port' }
  | { kind: 'load-balancer' }
  | EscaleGateway;

/** Escale's own gateway as pods. */
export interface EscaleGateway extends GatewayChoice {
  image: string;
}

/** How it is wanted. */
export interface GatewayChoice {
  kind: 'escale-gateway';
  /** One on each node, or so many anywhere. */
  instances: 'every-node' | number;
  expose: { type: 'NodePort'; port: number | null } | { type: 'LoadBalancer' };
}
