export { bringProgram, probe } from './bring.ts';
export { ProgramMissing, type Ready, Session } from './connection.ts';
export { type Program, programIn } from './program.ts';
export { askOverSsh } from './ssh.ts';
export { archiveOfTree, digestOfTree, packagesOfTree, ReceivedTrees } from './trees.ts';
