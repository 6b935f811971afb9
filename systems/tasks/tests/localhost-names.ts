/**
 * Imported before anything else (`node --import`): names that end in `.localhost` are this machine (RFC 6761), as they
 * are in browsers; the resolver of many a Linux does not know them.
 */
import dns from 'node:dns';

for (const resolver of [dns, dns.promises] as { lookup: (name: string, ...rest: unknown[]) => unknown }[]) {
  const { lookup } = resolver;
  resolver.lookup = (name, ...rest) =>
    Reflect.apply(lookup, resolver, [name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest]);
}
