import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { Contexts, type ControlPlaneClient } from '../../server/index.ts';
import { findTarget, type Joined, localAddress, mustJoin } from '../place.ts';

export function openCommand(): Command {
  return new Command('open')
    .description('Print an address, and open it where there is a browser: of a system, or of the live page')
    .argument('[target]', 'system, or system/service; without it the live page, signed in')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: { environment: string; json?: boolean }) => {
      const escale = await mustJoin();
      const address =
        word === undefined
          ? await pageAddress(escale)
          : await systemAddress(escale, word, options.environment);
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

async function systemAddress({ client }: Joined, word: string, environment: string): Promise<string> {
  const { system, service } = await findTarget(word, await client.overview(), environment);
  const services = system.services.filter(({ name }) => service === null || name === service);
  return services.flatMap(({ addresses }) => addresses)[0] ?? services[0]?.internalUrl ?? '';
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
