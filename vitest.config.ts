import {defineConfig} from 'vitest/config'

export default defineConfig({
  resolve: {conditions: ['rch-source', 'node', 'import', 'default']},
  ssr: {resolve: {conditions: ['rch-source', 'node', 'import', 'default']}},
  test: {
    include: ['test/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.slow.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One more than two cores need: tests that wait for a process or for time to pass leave one idle.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
