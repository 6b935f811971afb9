/**
 * The environment to run git with: ours without what a hook or a script of git left in it (`GIT_DIR` would mean
 * another repository), and without locks that would disturb whoever works in the folder.
 */
export function gitEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(own), GIT_OPTIONAL_LOCKS: '0' };
}
