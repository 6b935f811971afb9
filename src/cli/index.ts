export { program } from './program.ts';
export { commandsPage } from './reference.ts';
