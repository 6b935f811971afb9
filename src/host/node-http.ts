/**
 * Node's `http`. An `import` of it reads every name that it exports, and one of those loads another client and its
 * WebSockets (undici): 50 ms of processor time and some memory in each process, for nothing.
 */
export const http = process.getBuiltinModule('node:http');
