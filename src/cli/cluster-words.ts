import type { Command } from 'commander';
import { numberOf } from './number.ts';

/** How databases and volumes of a cluster are, and what programs there may reach: the same words in every command. */
export function withClusterWords(command: Command): Command {
  return command
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
