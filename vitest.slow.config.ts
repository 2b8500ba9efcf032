import {mergeConfig} from 'vitest/config'
import base from './vitest.config.ts'

export default mergeConfig(
  {...base, test: {...base.test, include: [], exclude: []}},
  {
    test: {
      maxWorkers: 2,
      include: ['test/**/*.slow.test.ts', 'plugins/*/test/**/*.slow.test.ts'],
      exclude: ['**/node_modules/**'],
      testTimeout: 900_000,
    },
  },
)
