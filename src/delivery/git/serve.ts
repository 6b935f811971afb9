import type { Readable } from 'node:stream';
import { FLUSH, packet } from './packets.ts';
import { git, startGit } from './run-git.ts';

export type GitService = 'git-receive-pack' | 'git-upload-pack';

export function isGitService(word: unknown): word is GitService {
  return word === 'git-receive-pack' || word === 'git-upload-pack';
}

/** What a client wants to speak: `version=2`. Anything else is not passed on. */
function protocolOf(header: string | undefined): Record<string, string> {
  return /^version=[0-9]$/.test(header ?? '') ? { GIT_PROTOCOL: header! } : {};
}

/** References and capabilities, as the smart protocol over HTTP begins (gitprotocol-http). */
export async function advertise(folder: string, service: GitService, protocol?: string): Promise<Buffer> {
  const command = service.slice('git-'.length);
  const env = service === 'git-upload-pack' ? protocolOf(protocol) : {};
  const refs = await git([command, '--stateless-rpc', '--advertise-refs', '.'], { cwd: folder, env });
  return Buffer.concat([packet(`# service=${service}\n`), FLUSH, refs]);
}

/** A clone or a fetch: what git answers. Ends with the input or when nobody reads any more. */
export function uploadPack(folder: string, input: Readable, protocol?: string): Readable {
  const child = startGit(['upload-pack', '--stateless-rpc', '.'], folder, protocolOf(protocol));
  child.stdin.on('error', () => {});
  child.stderr.resume();
  child.once('error', (error) => child.stdout.destroy(error));
  input.pipe(child.stdin);
  child.stdout.once('close', () => child.kill('SIGKILL'));
  return child.stdout;
}
