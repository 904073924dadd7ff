import path from 'node:path'
import {defineConfig} from 'vitest/config'
import {LongFirst} from './test/setup/long-first.ts'

const shared = {
  // Tests import the sources, also by the package's own name.
  resolve: {alias: [{find: /^opsconsole$/, replacement: path.resolve(import.meta.dirname, 'src/api.ts')}]},
}
// Tests start servers, change the working directory and send signals: each file gets a process of its own.
const ownProcess = {
  pool: 'forks' as const,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  unstubEnvs: true,
  // The default is one second, which a busy machine needs for nothing at all.
  expect: {poll: {timeout: 60_000}},
}
/** They call the program as it is built. */
const built = {globalSetup: ['test/setup/build.ts']}
/** Tests of servers and of the whole product wait for other processes half of their time. */
const WAITING = 3
const BESIDE = '{src,scripts,runbooks}/**'

/** Three suites by suffix and place: see CONTRIBUTING.md. The later ones mostly wait, so more of them run at once. */
export default defineConfig({
  test: {
    teardownTimeout: 20_000,
    sequence: {sequencer: LongFirst},
    projects: [
      {
        ...shared,
        test: {
          ...ownProcess,
          // They leave nothing behind, so they share two processes, and what they load is loaded twice, not a hundred times.
          isolate: false,
          name: 'unit',
          include: [`${BESIDE}/*.test.{ts,tsx}`],
          exclude: ['**/*.server.test.{ts,tsx}'],
          maxWorkers: 2,
          sequence: {groupOrder: 0},
        },
      },
      {
        ...shared,
        test: {
          ...ownProcess,
          ...built,
          name: 'server',
          include: [`${BESIDE}/*.server.test.{ts,tsx}`],
          maxWorkers: WAITING,
          sequence: {groupOrder: 1},
        },
      },
      {
        ...shared,
        test: {
          ...ownProcess,
          ...built,
          name: 'flow',
          include: ['test/**/*.test.{ts,tsx}'],
          maxWorkers: WAITING,
          sequence: {groupOrder: 1},
        },
      },
    ],
  },
})
