export { supervisorRoutes } from './api.ts';
export { connectSupervisor, engineOver, type SupervisorEngine } from './client.ts';
export { LOST_OUTPUT } from './log-store.ts';
export { Runtimes } from './runtimes.ts';
export { Supervisor, type SupervisorOptions } from './supervisor.ts';
