export { syncFolder, writeDurably } from './durable-file.ts';
export { type SingleInstanceLock, takeLock } from './single-instance.ts';
