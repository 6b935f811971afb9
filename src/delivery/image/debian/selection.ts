/** Which files of a Debian package belong into an image that has no shell and no package manager. */
export interface Selection {
  /** Debian packages, without those that they need. */
  packages: string[];
  /** Programs of `usr/bin` that stay; all others go. */
  programs: string[];
}

/** What node needs (`ldd`), certificates, time zones, and the names of users, protocols and services. */
export const BASE_SELECTION: Selection = {
  packages: [
    ...['base-files', 'ca-certificates', 'libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6'],
    ...['netbase', 'tzdata'],
  ],
  programs: [],
};

export const PYTHON_SELECTION: Selection = {
  packages: ['python3-minimal', 'libpython3-stdlib'],
  programs: ['python3', /* python3.11 */ 'python3.'],
};

/** One program that needs nothing else. */
export const SHELL_SELECTION: Selection = { packages: ['busybox-static'], programs: ['busybox'] };

/** What only runs while packages are installed, or would bring a shell. */
export const NEVER = new Set([
  ...['dpkg', 'debconf', 'debconf-2.0', 'cdebconf', 'perl-base', 'perl', 'perl:any', 'bash', 'dash'],
  ...['coreutils', 'sed', 'tar', 'grep', 'gzip', 'mawk', 'awk', 'openssl', 'libc-bin', 'init-system-helpers'],
  ...['python3', 'python3:any', 'gcc-12-base', 'gcc-14-base', 'ucf', 'install-info', 'mailcap'],
]);

const LEFT_OUT = [
  /^usr\/share\/doc\/(?:.*\/)?(?!copyright$)[^/]+$/,
  /^usr\/share\/(?:man|info|locale|lintian|bug|base-files|initramfs-tools|doc-base|pixmaps|applications|menu|linda)\//,
  /^usr\/lib\/[^/]+\/(?:gconv|perl-base)\//,
  /^usr\/share\/zoneinfo\/(?:posix|right)\//,
  /^usr\/(?:sbin|games|include|src)\//,
  /^usr\/lib\/[^/]+\.so-gdb\.py$/,
  /^usr\/lib\/tmpfiles\.d\//,
  /^etc\/(?:apt|bash|cron|default|dpkg|init\.d|profile|skel|update-motd\.d|issue|motd|ca-certificates)/,
  /__pycache__/,
];

/** Whether a file of a package stays. `path`: relative, with `usr` in front. */
export function belongs(path: string, programs: string[]): boolean {
  if (path.startsWith('usr/bin/')) return isProgram(path.slice('usr/bin/'.length), programs);
  return !LEFT_OUT.some((pattern) => pattern.test(path));
}

function isProgram(name: string, programs: string[]): boolean {
  return programs.some((program) => name === program || (program.endsWith('.') && isVersion(name, program)));
}

/** `python3.` means `python3.11`, not `python3.11-config`. */
function isVersion(name: string, program: string): boolean {
  return name.startsWith(program) && /^\d+$/.test(name.slice(program.length));
}

/** Debian keeps some packages' files in `lib` and others' in `usr/lib`; in an image one is a link to the other. */
export function merged(path: string): string {
  return /^(?:bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `usr/${path}` : path;
}
