export { supervisorRoutes } from './api.ts';
export { connectSupervisor } from './client.ts';
export { Supervisor, type SupervisorOptions } from './supervisor.ts';
