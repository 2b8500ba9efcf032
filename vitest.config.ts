import {defineConfig} from 'vitest/config'

export default defineConfig({
  resolve: {conditions: ['rch-source', 'node', 'import', 'default']},
  ssr: {resolve: {conditions: ['rch-source', 'node', 'import', 'default']}},
  test: {
    include: ['test/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.slow.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
