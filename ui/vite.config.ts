// Two entries, one code: index.html is the page in a browser, app.html the one inside the app. Each names its host.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  // Inside the app there is no server behind relative URLs but the page's own folder.
  base: './',
  build: {
    target: ['es2022', 'chrome110', 'safari16'],
    rolldownOptions: { input: ['index.html', 'app.html'] },
  },
  server: { port: 1420, strictPort: true },
  // Generous: whole screens under jsdom on a busy machine.
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
});
