export { type ReportData, reportPage } from './page.ts';
export type { Language } from './words.ts';
