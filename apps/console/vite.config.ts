import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8081';

/** Everything is a file of its own: the server's content security policy allows nothing inline. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    target: 'es2023',
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/jobs': server,
      '/v1': server,
      '/weir': server,
      '/ws': { target: server, ws: true },
    },
  },
});
