import { existsSync } from 'node:fs';
import path from 'node:path';

/** Why a program could not be started, for people. */
export function spawnProblem(program: string, problem: NodeJS.ErrnoException): string {
  const isMissing = problem.code === 'ENOENT' || (problem.code === 'EACCES' && !isThere(program));
  if (isMissing) return `there is no program "${program}" on the PATH`;
  if (problem.code === 'EACCES') return `"${program}" may not be executed by the user that services run as`;
  return problem.message;
}

/** A folder of the PATH that another user may not enter makes the kernel say EACCES of a program that is nowhere. */
export function isThere(program: string): boolean {
  if (program.includes('/')) return true;
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, program)));
}
