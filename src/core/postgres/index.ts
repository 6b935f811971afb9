export { type Names, namesFor, READER, SUPERUSER } from './names.ts';
export { readerPassword } from './reader.ts';
export { rolesSql } from './roles.ts';
export { CLUSTER_OPTIONS, serverSettings } from './settings.ts';
