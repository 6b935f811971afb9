import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { isClusterAddress } from '../../core/target/index.ts';
import { Contexts, type ControlPlaneClient } from '../../server/index.ts';
import { isReached, startForward } from '../forward.ts';
import { findTarget, type Joined, localAddress, mustJoin } from '../place.ts';

interface Options {
  environment: string;
  forward?: boolean;
  json?: boolean;
}

export function openCommand(): Command {
  return new Command('open')
    .description('Print an address, and open it where there is a browser: of a system, or of the live page')
    .argument('[target]', 'system, or system/service; without it the live page, signed in')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--forward', 'of a cluster: an address on this machine that leads there while the command runs')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const escale = await mustJoin();
      const address =
        word === undefined ? await pageAddress(escale) : await systemAddress(escale, word, options);
      console.log(options.json ? JSON.stringify({ address }) : address);
      if (!options.json && process.stdout.isTTY) openInBrowser(address);
    });
}

/** Elsewhere one signs in by name or token: an address that does it is only made on that host. */
async function pageAddress({ client, url }: Joined): Promise<string> {
  return new Contexts().chosen() === null ? signInAddress({ client }) : `${url}/`;
}

/** An address of the live page that signs in once, within fifteen minutes. */
export async function signInAddress({ client }: { client: ControlPlaneClient }): Promise<string> {
  return `${localAddress()}/sign-in?token=${await client.signInToken()}`;
}

/** Where nothing routes into a cluster, connections go by way of its API, for as long as this process is there. */
async function systemAddress({ client }: Joined, word: string, options: Options): Promise<string> {
  const { environment, forward = false } = options;
  const overview = await client.overview();
  const { system, service } = await findTarget(word, overview, environment);
  const services = system.services.filter(({ name }) => service === null || name === service);
  const address = services.flatMap(({ addresses }) => addresses)[0] ?? services[0]?.internalUrl ?? '';
  const target = overview.targets.find(({ name }) => name === system.target);
  const isCluster = target !== undefined && isClusterAddress(target.address);
  if (!isCluster && forward)
    throw new EscaleError('cluster-lacks', `${system.name} runs in no cluster: it is reached at ${address}`);
  if (!isCluster || (!forward && address !== '' && (await isReached(address)))) return address;
  const callable =
    services.find(({ addresses }) => addresses.length > 0) ?? services.find(({ internalUrl }) => internalUrl);
  if (callable === undefined) return address;
  const local = await startForward({ client, system: system.name, environment, service: callable.name });
  if (!options.json)
    console.error(
      `${forward ? '' : `${address} is not reached from here: `}by way of the cluster’s API until Ctrl-C`,
    );
  return local;
}

function openInBrowser(address: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const isThere = (process.env.PATH ?? '')
    .split(':')
    .some((folder) => existsSync(path.join(folder, program)));
  if (!isThere || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY))
    return;
  spawn(program, [address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
