/** Why a program could not be started, for people, from what Docker, runc or its small init say; `code` as shells have it. */
export function programProblem(program: string, text: string): { reason: string; code: 126 | 127 | null } {
  if (/executable file not found|no such file or directory/i.test(text))
    return { reason: `there is no program "${program}" on the PATH`, code: 127 };
  if (/permission denied/i.test(text))
    return { reason: `"${program}" may not be executed by the user that services run as`, code: 126 };
  return { reason: text.trim().split('\n').at(-1) ?? '', code: null };
}

/** tini's last words where it could not start the program: `[FATAL tini (7)] exec x failed: No such file or directory`. */
export function initProblem(program: string, lastWords: string): string | null {
  const line = lastWords.split('\n').find((each) => /^\[FATAL tini \(\d+\)\] exec /.test(each));
  return line === undefined ? null : programProblem(program, line).reason;
}

/** Whether what Docker says means that the network is not there (any more). */
export function isAboutNetwork(text: string): boolean {
  return /network .*not found|could not find (?:a )?network|network sandbox|not attached to network/i.test(
    text,
  );
}
