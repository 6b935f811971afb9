import type { ResolvedSystem } from '../manifest/index.ts';

/** Services with those they use first; the order of the file among equals. The file's check has refused cycles. */
export function startingOrder(system: ResolvedSystem): string[] {
  const ordered: string[] = [];
  const visit = (name: string) => {
    const service = system.services[name];
    if (service === undefined || ordered.includes(name)) return;
    for (const used of service.uses) visit(used);
    if (!ordered.includes(name)) ordered.push(name);
  };
  for (const name of Object.keys(system.services)) visit(name);
  return ordered;
}
