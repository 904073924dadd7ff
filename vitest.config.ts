import {defineConfig} from 'vitest/config'

export default defineConfig({
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
