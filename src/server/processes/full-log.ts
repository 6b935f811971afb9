/**
 * On a full disk a line of the log is lost, and nothing else: without a listener Node would end the process, because the
 * console's own is gone by the time the stream says that it failed.
 */
export function surviveFullLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
