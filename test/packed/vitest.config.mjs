import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.suite.ts'],
    setupFiles: ['@lockdep/vitest/setup'],
    reporters: ['default', '@lockdep/vitest/reporter'],
  },
});
