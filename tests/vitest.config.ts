// Whole-system tests: real servers, real browsers. One file after the other, since they share two cores and measure time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,web,desktop,interop}/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'output/**'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
