import path from 'node:path'
import {defineConfig} from 'vitest/config'

export default defineConfig({
  // Tests import the sources, also by the package's own name.
  resolve: {alias: [{find: /^opsconsole$/, replacement: path.resolve(import.meta.dirname, 'src/api.ts')}]},
  test: {
    include: ['{src,test,runbooks,scripts}/**/*.test.{ts,tsx}'],
    // Tests start servers, change the working directory and send signals: each file gets a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    globalSetup: ['test/setup/build.ts'],
    sequence: {shuffle: {files: false, tests: false}},
    unstubEnvs: true,
  },
})
