import { EscaleError } from '../errors/index.ts';

/** What a host says of itself before anything of Escale is there. */
export interface HostFacts {
  system: string;
  machine: string;
  user: string;
  isRoot: boolean;
  /** Where Escale keeps everything there, absolute. */
  home: string;
  /** Room for it, bytes. */
  freeBytes: number;
  /** Programs that bringing Escale there needs and that are missing. */
  missing: string[];
  /** `glibc 2.36`; null: another one. */
  libc: string | null;
  docker: 'writable' | 'denied' | 'absent';
  /** Digests of parts of Escale that are there, whole. */
  parts: string[];
}

/** One thing looked at. `note` is worth knowing; `problem` has to be mended. */
export interface HostFinding {
  subject: string;
  state: 'good' | 'note' | 'problem';
  text: string;
  next?: string;
}

/** What Escale brings needs about this much, its first images as much again, bytes. */
const ROOM_BYTES = 1.5e9;

/** A script for `sh -c`, without a letter that a login shell would quote differently. */
export const PROBE_SCRIPT = [
  'd=${XDG_DATA_HOME:-$HOME/.local/share}',
  'h=$d/escale-target',
  'e=$h; until [ -d "$e" ]; do e=$(dirname "$e"); done',
  's=${DOCKER_HOST:-unix:///var/run/docker.sock}; s=${s#unix://}',
  'echo "system $(uname -s)"',
  'echo "machine $(uname -m)"',
  'echo "user $(id -un)"',
  'echo "uid $(id -u)"',
  'echo "home $h"',
  'echo "free $(df -Pk "$e" | tail -n 1 | tr -s " " | cut -d " " -f 4)"',
  'echo "libc $(getconf GNU_LIBC_VERSION 2>/dev/null)"',
  'for p in tar gzip mkdir mv rm ln env; do command -v $p >/dev/null || echo "missing $p"; done',
  'if [ -S "$s" ]; then if [ -w "$s" ]; then echo "docker writable"; else echo "docker denied"; fi; fi',
  'for p in "$h"/parts/*; do case $p in *.making*) ;; *) if [ -d "$p" ]; then echo "part ${p##*/}"; fi ;; esac; done',
].join('; ');

/** What `PROBE_SCRIPT` printed. Throws `target-unfit` where that is something else. */
export function readProbe(text: string): HostFacts {
  const lines = text.split('\n').map((line) => /^([a-z]+) ?(.*)$/.exec(line)?.slice(1) as [string, string]);
  const all = (key: string) => lines.filter((line) => line?.[0] === key).map(([, value]) => value.trim());
  const one = (key: string) => all(key)[0] ?? '';
  const home = one('home');
  if (!home.startsWith('/') || one('system') === '')
    throw new EscaleError('target-unfit', 'the host answered something else than it was asked', {
      next: 'Its shell must run `sh` for whoever signs in: `ssh HOST uname` has to print one word.',
      details: { said: text.slice(0, 500) },
    });
  return {
    ...{
      system: one('system'),
      machine: one('machine'),
      user: one('user'),
      isRoot: one('uid') === '0',
      home,
    },
    freeBytes: Number(one('free')) * 1024,
    missing: all('missing'),
    libc: one('libc') || null,
    docker: (one('docker') || 'absent') as HostFacts['docker'],
    parts: all('part'),
  };
}

/** What a host has and lacks to run what `here` (a machine as `uname -m` says it) makes. */
export function judgeHost(facts: HostFacts, here: { machine: string }): HostFinding[] {
  return [
    systemFinding(facts, here),
    facts.missing.length === 0
      ? good('programs', 'sh, tar, gzip')
      : problem(
          'programs',
          `${facts.missing.join(', ')} not found`,
          `Install ${facts.missing.join(' and ')} there.`,
        ),
    roomFinding(facts),
    dockerFinding(facts),
    good('user', facts.isRoot ? `${facts.user} (may do everything there)` : facts.user),
    good('home', facts.home),
  ];
}

function systemFinding({ system, machine, libc }: HostFacts, here: { machine: string }): HostFinding {
  const text = `${system} ${machine}${libc === null ? '' : `, ${libc}`}`;
  if (system !== 'Linux') return problem('system', text, 'A target is a Linux host.');
  if (machine !== here.machine)
    return problem(
      'system',
      `${text}, and this host is ${here.machine}`,
      `What is released here is for ${here.machine}: use a host of the same kind.`,
    );
  if (libc === null)
    return problem(
      'system',
      `${text}, without glibc`,
      'Use Debian, Ubuntu, Fedora or the like: Escale’s runtime needs glibc.',
    );
  return good('system', text);
}

function roomFinding({ freeBytes, parts }: HostFacts): HostFinding {
  const text = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  if (freeBytes > ROOM_BYTES || parts.length > 0) return good('room', text);
  return problem('room', text, `Escale needs ${ROOM_BYTES / 1e9} GB there to begin with.`);
}

function dockerFinding({ docker, user }: HostFacts): HostFinding {
  if (docker === 'writable') return good('docker', 'its socket is there');
  if (docker === 'denied')
    return problem(
      'docker',
      `it is there, and ${user} may not use it`,
      `On that host: \`sudo usermod -aG docker ${user}\`. Whoever may use Docker may do everything there.`,
    );
  return problem(
    'docker',
    'not found',
    'Install it there (Debian: `apt-get install docker.io`) and start it.',
  );
}

function good(subject: string, text: string): HostFinding {
  return { subject, state: 'good', text };
}

function problem(subject: string, text: string, next: string): HostFinding {
  return { subject, state: 'problem', text, next };
}
