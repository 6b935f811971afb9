/** The words an instance is started with: `${HOST}` and `${PORT}` filled in, everything else as it stands. */
export function fillCommand(words: string[], address: { host: string; port: number }): string[] {
  return words.map((word) =>
    word.replaceAll('${HOST}', () => address.host).replaceAll('${PORT}', () => String(address.port)),
  );
}
