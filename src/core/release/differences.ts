/** A setting that differs between two releases. */
export interface SettingChange {
  /** `services.web.replicas`. */
  path: string;
  /** As JSON; null: it is not there. Of what may hold something private only that it is there: `…`. */
  before: string | null;
  after: string | null;
}

/** What may hold something that not everybody who looks should read. */
const PRIVATE = /(^|\.)(env|external)(\.|$)/;

/** What differs between two files, setting by setting, in the order of the newer one. */
export function settingChanges(before: unknown, after: unknown): SettingChange[] {
  const [old, young] = [leaves(before), leaves(after)];
  const paths = [...new Set([...young.keys(), ...old.keys()])];
  return paths
    .filter((path) => old.get(path) !== young.get(path))
    .map((path) => ({ path, before: shown(path, old.get(path)), after: shown(path, young.get(path)) }));
}

function shown(path: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  return PRIVATE.test(path) ? '…' : value;
}

/** Each value with its path; a list is one value. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap) found.set(path, JSON.stringify(value) ?? '');
  else
    for (const [key, each] of Object.entries(value))
      leaves(each, path === '' ? key : `${path}.${key}`, found);
  return found;
}
