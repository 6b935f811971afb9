import { EscaleError } from '../../core/errors/index.ts';
import { DockerApi, dockerSocket } from './api/index.ts';

/** What is there of Docker on this host, for people. */
export interface DockerHere {
  /** `20.10.24, API 1.41, at /var/run/docker.sock`. */
  text: string;
  /** What to know before an environment runs on it; empty: nothing. */
  notes: string[];
}

interface Info {
  ServerVersion: string;
  LiveRestoreEnabled: boolean;
  InitBinary: string;
  MemoryLimit: boolean;
  PidsLimit: boolean;
  Driver: string;
  SecurityOptions: string[] | null;
}

/** Looks at Docker; its notes say what is missing. Throws `docker-away`, `docker-address`, `docker-too-old`. */
export async function lookAtDocker(env: NodeJS.ProcessEnv): Promise<DockerHere> {
  const socket = dockerSocket(env);
  const api = new DockerApi(() => socket);
  try {
    const info = await api.ask<Info>({ method: 'GET', path: '/info', timeoutMs: 5000 });
    return { text: `${info.ServerVersion}, ${info.Driver}, at ${socket}`, notes: notesOf(info) };
  } finally {
    api.close();
  }
}

function notesOf(info: Info): string[] {
  return [
    info.LiveRestoreEnabled
      ? ''
      : 'live-restore is off: containers end when dockerd is restarted ("live-restore": true in /etc/docker/daemon.json)',
    info.InitBinary === ''
      ? 'docker-init is missing: instances that do not handle SIGTERM end only after their grace'
      : '',
    info.MemoryLimit && info.PidsLimit ? '' : 'limits of memory or processes can’t be set here',
  ].filter((note) => note !== '');
}

/** Why there is none, for people; anything else is thrown. */
export function whyNoDocker(error: unknown): string {
  if (error instanceof EscaleError) return error.message;
  throw error;
}
