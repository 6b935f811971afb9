import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { without } from '../../src/delivery/image/testing/programs.ts';

/** Debian's libtomcat10-java, and the compiler of pages that comes with it. */
const JARS = '/usr/share/java';
const COMPILER = 'eclipse-jdt-core.jar';

/** Why there is no Java and no Tomcat here to make a base of; false: there are. */
export function withoutTomcat(): string | false {
  const missing = without('java', 'python3', 'ldd', 'tar');
  if (missing !== false) return missing;
  if (!existsSync(path.join(JARS, 'tomcat10-catalina.jar'))) return 'libtomcat10-java is not installed';
  return !existsSync(path.join(JARS, COMPILER)) && 'libeclipse-jdt-core-java is not installed';
}

/** A root file system of this machine's Java (`/opt/java`) and Tomcat (`/opt/tomcat/lib`), as a tar archive. No shell is in it. */
export function tomcatRoot(folder: string): string {
  const archive = path.join(folder, 'tomcat.tar');
  const program = realpathSync(execFileSync('which', ['java'], { encoding: 'utf8' }).trim());
  const home = path.resolve(program, '..', '..');
  const jars = readdirSync(JARS).filter((name) => /^tomcat10-(?!embed|i18n)[a-z-]+\.jar$/.test(name));
  const files = [
    ...[program, path.join(home, 'conf'), path.join(home, 'lib')],
    ...librariesOf([program, path.join(home, 'lib', 'server', 'libjvm.so')]),
    ...[...jars, COMPILER].map((name) => path.join(JARS, name)),
  ];
  execFileSync('tar', [
    ...['--create', '--file', archive, '--directory', '/', '--owner=0', '--group=0'],
    // Debian's folder of Java is full of links to /etc, some of which lead nowhere.
    ...['--dereference', '--ignore-failed-read', '--warning=no-failed-read'],
    ...['--exclude=*/src.zip', '--exclude=*/ct.sym', '--exclude=*_nocoops.jsa', '--exclude=*/libawt_xawt.so'],
    ...[`--transform=s,^${home.slice(1)},opt/java,`, `--transform=s,^${JARS.slice(1)},opt/tomcat/lib,`],
    ...files.map((file) => file.slice(1)),
  ]);
  return archive;
}

/** What programs load, as `ldd` names it, but for what stands beside them. */
function librariesOf(programs: string[]): string[] {
  const found = programs.flatMap((program) => [
    ...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g),
  ]);
  return [...new Set(found.map(([, library]) => library!))].filter((library) => !library.includes('/jvm/'));
}
