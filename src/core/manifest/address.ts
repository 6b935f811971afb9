const SCHEMES = ['postgres:', 'postgresql:'];

/** What is wrong with the address of a resource, without the address: it may hold a password. Null: nothing is. */
export function addressProblem(address: string): string | null {
  if (!URL.canParse(address)) return 'expected an address, got a text that is none';
  const { protocol, hostname, pathname } = new URL(address);
  if (!SCHEMES.includes(protocol))
    return `expected an address that begins with postgres://, got ${protocol}//`;
  if (hostname === '') return 'expected an address with a host, got one without';
  return pathname.length > 1 ? null : 'expected an address that names a database, got one without';
}
