import type { Command } from 'commander';
import { instancesOf, nodePortOf, numberOf } from './number.ts';

/** Ways in. */
export const ROUTINGS = [
  ...(['escale-gateway', 'gateway-api', 'ingress', 'node-port', 'load-balancer', 'none'] as const),
];

/** The name of an option as it is written: `plainHttp` is `--plain-http`. */
export function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How databases and volumes of a cluster are, and what programs there may reach: the same words in every command. */
export function withClusterWords(command: Command): Command {
  return command
    .option(
      '--gateway-instances <count>',
      'with escale-gateway: every-node (the default), or how many',
      instancesOf,
    )
    .option(
      '--gateway-port <port>',
      'with escale-gateway: its port on the nodes; by default the cluster chooses',
      nodePortOf,
    )
    .option(
      '--gateway-load-balancer',
      'with escale-gateway: a load balancer of the cloud brings requests to it',
    )
    .option(
      '--postgres-image <reference>',
      'another image of PostgreSQL: an official one, or what `escale image postgres` printed',
    )
    .option(
      '--postgres-instances <count>',
      'with cloudnative-pg: how many servers; by default 3',
      numberOf('server'),
    )
    .option('--storage <size>', 'of each volume; by default 10Gi')
    .option('--storage-class <class>', 'of the volumes; by default the cluster’s')
    .option('--outbound', 'programs may also reach public addresses that the file does not name');
}
