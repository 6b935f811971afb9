/**
 * Node's HTTP. An `import` of it asks each of its exports for its value, and one of them loads undici: 50 ms of every
 * command.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
