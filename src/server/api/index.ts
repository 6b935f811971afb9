export { controlApp, listenOn, pagesApp } from './app.ts';
export { buildDashboard } from './dashboard-build.ts';
export { Live } from './live.ts';
export type * from './types.ts';
