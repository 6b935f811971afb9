import type { BaseImage } from '../../../core/image/index.ts';

/** Where programs are looked for in a base. */
export function pathOf({ config }: BaseImage): string {
  const line = config.config?.Env?.find((each) => each.startsWith('PATH='));
  return line?.slice('PATH='.length) ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
}
