export { controlApp, listenOn, pagesApp } from './app.ts';
export { buildDashboard } from './dashboard-build.ts';
export { Live } from './live.ts';
export { apiPage } from './reference.ts';
export { apiDocument } from './routes.ts';
export type * from './types.ts';
