import { EscaleError } from '../core/errors/index.ts';
import { type HostFacts, PROBE_SCRIPT, readProbe, type TargetAddress } from '../core/target/index.ts';
import { archiveOf, type Part, type Program } from './program.ts';
import { askOverSsh } from './ssh.ts';

/** Asks a host what it is and has; nothing is changed there. */
export async function probe(address: TargetAddress): Promise<HostFacts> {
  const { out, err } = await askOverSsh(address, ['sh', '-c', PROBE_SCRIPT]);
  return readProbe(out === '' ? err : out);
}

/** Takes an archive of a part from its input: it gets its name once it is whole. `$1`: Escale's home there, `$2`: the name, `$3`: its packages. */
const TAKE_SCRIPT = [
  'set -e',
  'p=$1/parts; t=$p/$2.$$.making',
  'mkdir -p "$p"',
  'chmod 711 "$1"',
  'find "$p" -maxdepth 1 -name "*.making*" -mtime +0 -exec rm -rf {} +',
  'mkdir "$t"',
  // A shell knows only how the last one of a pipe ended.
  'if { gzip -dc && : >"$t.came"; } | tar -C "$t" -xopf - && [ -e "$t.came" ]; then rm "$t.came"; else rm -rf "$t" "$t.came"; echo "it was cut, or there is no room" >&2; exit 1; fi',
  'if [ -n "$3" ]; then ln -s "../$3/node_modules" "$t/node_modules"; fi',
  'sync',
  'if [ -d "$p/$2" ]; then rm -rf "$t"; else mv "$t" "$p/$2"; fi',
].join('; ');

export interface Bringing {
  address: TargetAddress;
  facts: HostFacts;
  /** Folder that Escale runs from here. */
  root: string;
  program: Program;
  tell: (step: string) => void;
}

/** Brings what is missing there of a version of Escale; each part whole or not at all. */
export async function bringProgram({ address, facts, root, program, tell }: Bringing): Promise<void> {
  const { packages, sources } = program;
  const missing = (part: Part) => !facts.parts.includes(part.digest);
  const send = (part: Part, needs: string) => sendPart({ address, home: facts.home, root }, part, needs);
  if (missing(packages)) {
    tell('bring the runtime, PostgreSQL and libraries');
    await send(packages, '');
  }
  if (missing(sources)) {
    tell('bring Escale itself');
    await send(sources, packages.digest);
  }
}

async function sendPart(
  { address, home, root }: { address: TargetAddress; home: string; root: string },
  part: Part,
  needs: string,
): Promise<void> {
  const { archive, tar } = archiveOf(root, part);
  try {
    const { code, err } = await askOverSsh(
      address,
      ['sh', '-c', TAKE_SCRIPT, 'escale', home, part.digest, needs],
      archive,
    );
    if (code !== 0) throw new EscaleError('target-unfit', `what was sent was not taken: ${lastLine(err)}`);
  } finally {
    tar.kill();
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
