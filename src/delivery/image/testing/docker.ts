import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { areThere, background, run } from './programs.ts';

/** A Docker of its own: nothing of one that runs on this host is touched. */
export interface OwnDocker {
  docker(...args: string[]): Promise<string>;
  env: NodeJS.ProcessEnv;
  /** With all of its containers. */
  stop(): Promise<void>;
}

/** Why no Docker can be started here; false: one can. */
export function withoutDocker(): string | false {
  if (!areThere('dockerd', 'docker')) return 'dockerd and docker not installed';
  return process.getuid?.() !== 0 && 'dockerd needs root';
}

export async function ownDocker(): Promise<OwnDocker> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-docker-'));
  const socket = `unix://${path.join(folder, 'docker.sock')}`;
  const env = { ...process.env, DOCKER_HOST: socket, DOCKER_CONFIG: path.join(folder, 'config') };
  const docker = (...args: string[]) => run('docker', args, { env });
  const at = (name: string) => path.join(folder, name);
  const isUp = async () => (await docker('version')) !== '';
  const stop = await background(
    'dockerd',
    [
      ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid'), '--host', socket],
      // Containers use the host's network: rules of the host's firewall are nobody's here.
      ...['--bridge=none', '--iptables=false', '--log-level=error'],
    ],
    isUp,
  );
  return {
    ...{ docker, env },
    stop: async () => {
      const containers = (await docker('ps', '--all', '--quiet').catch(() => '')).split('\n').filter(Boolean);
      if (containers.length > 0) await docker('rm', '--force', ...containers).catch(() => {});
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
