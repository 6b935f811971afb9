export type { Finding, Places } from '../mistakes.ts';
export { toMistakes } from '../mistakes.ts';
export type { Checked } from './check.ts';
export { checkScript, checkYaml, LARGEST_FILE } from './check.ts';
export { systemJsonSchema } from './json-schema.ts';
export { referencePage } from './reference.ts';
export { scriptPlaces } from './script-places.ts';
