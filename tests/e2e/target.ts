import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { shareImages } from '../docker/base.ts';
import { type TestDocker, testDocker, withoutDocker } from '../docker/dockerd.ts';
import { SshClient, Sshd, withoutSshd } from '../ssh/sshd.ts';
import { Escale, freePort, killAll, type SystemFolder, startEscale } from './escale.ts';

/** Why no host elsewhere can be had for tests here; false: one can. */
export function withoutTarget(): string | false {
  return withoutSshd() || withoutDocker();
}

/** A host elsewhere, as a test sees it: this machine through an sshd, with a home of its own. */
export interface Host {
  sshd: Sshd;
  docker: TestDocker;
  /** Escale as it is there, to be looked at and asked through its gateway. */
  there: Escale;
}

/** An Escale of a test's own, with what it needs to reach hosts. */
export interface OverSsh {
  escale: Escale;
  client: SshClient;
}

export async function startOverSsh(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<OverSsh> {
  const docker = await testDocker();
  const client = new SshClient(temporary(t));
  const escale = await startEscale(t, { env: { ...client.env(), ESCALE_IMAGE_BASE: docker.base, ...env } });
  return { escale, client };
}

/** A host that the client knows by a name, not a target yet. */
export async function startHost(
  t: TestContext,
  client: SshClient,
  { name = 'prod', settings = [] as string[], trusted = true } = {},
): Promise<Host> {
  const docker = await testDocker();
  const folder = temporary(t);
  const home = path.join(folder, 'home');
  const there = new Escale({
    ...{ folder, home: path.join(home, '.local', 'share', 'escale-target'), port: await freePort(), env: {} },
  });
  sharePrograms(there.home, docker);
  const sshd = await Sshd.start(path.join(folder, 'sshd'), {
    ...{ client, settings },
    env: { HOME: home, DOCKER_HOST: `unix://${docker.socket}` },
  });
  const host = { sshd, docker, there };
  t.after(() => end(host));
  client.alias(name, sshd);
  if (trusted) client.trust(sshd);
  return host;
}

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-ssh-'));
  chmodSync(folder, 0o711);
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** What is brought to one host need not be brought to the next one of a run. */
function sharePrograms(home: string, docker: TestDocker): void {
  const programs = path.join(path.dirname(docker.images), 'programs');
  mkdirSync(programs, { recursive: true });
  mkdirSync(home, { recursive: true });
  symlinkSync(programs, path.join(home, 'parts'));
  shareImages(home, docker.images);
}

async function end({ sshd, docker, there }: Host): Promise<void> {
  sshd.stop();
  killAll(there.home);
  const owner = readId(there.home);
  if (owner === null) return;
  const containers = await docker.api.ask<{ Id: string }[]>({
    ...{ method: 'GET', path: '/containers/json' },
    query: { all: 'true', filters: JSON.stringify({ label: [`escale.owner=${owner}`] }) },
  });
  for (const { Id } of containers)
    await docker.api.ask({
      method: 'DELETE',
      path: `/containers/${Id}`,
      query: { force: 'true', v: 'true' },
    });
}

/** Null: Escale never began there. */
function readId(home: string): string | null {
  try {
    return readFileSync(path.join(home, 'id'), 'utf8').trim();
  } catch {
    return null;
  }
}

/** Says that the environment `production` of a system is on a target. */
export function onTarget(system: SystemFolder, target = 'prod'): SystemFolder {
  system.edit('escale.yaml', (text) => `${text}\nenvironments:\n  production: {target: ${target}}\n`);
  return system;
}
