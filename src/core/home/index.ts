export { type Home, homeLayout, homeRoot } from './home.ts';
