import { fillCommand, type ResolvedService } from '../manifest/index.ts';
import { IMAGE_ADDRESS } from './compose.ts';

/** What an image starts, and what it listens on. */
export interface Start {
  name: string;
  command: string[];
  port: boolean;
}

/** The command of a service with the image's own address filled in. `staticServer`: its file in the artifact. */
export function startOf(
  { name, command, static: files, port }: Pick<ResolvedService, 'name' | 'command' | 'static' | 'port'>,
  staticServer: string,
): Start {
  const server = ['node', '--disable-warning=ExperimentalWarning', staticServer];
  const words = files === null ? command : [...server, ...(files.spa ? ['--spa'] : [])];
  return { name, command: fillCommand(words, IMAGE_ADDRESS), port };
}

/** What the program of a command needs to be there. */
export type RuntimeNeed = 'node' | 'python' | null;

export function runtimeNeed(command: string[], packages: 'npm' | 'python' | null): RuntimeNeed {
  const program = command[0] ?? '';
  if (program === 'node' || program === '/usr/local/bin/node') return 'node';
  const isPython = program === 'python3' || program === '/usr/bin/python3';
  // A program that pip installed is a script of Python's.
  return isPython || packages === 'python' ? 'python' : null;
}

export function imageEnvironment(
  { port, runtime, path }: { port: boolean; runtime: RuntimeNeed; path: string },
  folder: string,
): Record<string, string> {
  return {
    PATH: runtime === 'python' ? `/${folder}/.venv/bin:${path}` : path,
    HOME: '/tmp',
    ...(port && { HOST: IMAGE_ADDRESS.host, PORT: String(IMAGE_ADDRESS.port) }),
    // Output is read as it comes, and nothing is written beside the files.
    ...(runtime === 'python' && { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' }),
  };
}
