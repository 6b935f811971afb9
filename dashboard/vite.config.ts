import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Static files that any server can hand out; nothing inline, so that scripts only from here may run. */
export default defineConfig({
  plugins: [react()],
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
