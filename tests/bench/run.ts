import { readdirSync } from 'node:fs';

/** `npm run bench -- NAME [ARG ...]`: runs `NAME.ts` of this folder; without a name, lists them. */
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'stage.ts'].includes(file))
  .map((file) => file.slice(0, -3));

if (name === undefined || !names.includes(name)) {
  if (name !== undefined) console.error(`There is no bench "${name}".`);
  console.log(`npm run bench -- NAME, where NAME is one of:\n${names.map((each) => `  ${each}`).join('\n')}`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  const bench = (await import(`./${name}.ts`)) as { run(args: string[]): Promise<void> };
  await bench.run(args);
}
