import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {expect, test} from 'vitest'

/** In a process of its own: it is the main thread that is watched. */
function watch(work: string): {readonly said: string; readonly signal: NodeJS.Signals | null} {
  const file = path.join(import.meta.dirname, 'stall-watch.ts')
  const code = `import {watchStall} from ${JSON.stringify(file)}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
try { console.log('came to', await watchStall('it', async () => { ${work} }, 1000)) }
catch (error) { console.log(error.code, error.message) }`
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', code], {encoding: 'utf8', timeout: 60_000})
  return {said: ended.stdout + ended.stderr, signal: ended.signal}
}

const STOPPED = 'runbook/invalid it was stopped: it kept the process busy for 1 s\n'

test.each([
  ['a loop is stopped', 'for (;;) {}', STOPPED],
  ['a loop after a wait is stopped', 'await sleep(300); for (;;) {}', STOPPED],
  ['a loop that catches everything is stopped', 'for (;;) try { for (;;) {} } catch {}', STOPPED],
  ['a module that loops is stopped', "await import('data:text/javascript,for(;;){}')", STOPPED],
  ['waiting is left alone', 'await sleep(2500); return 7', 'came to 7\n'],
  ['what fails by itself has its own words', "throw new Error('own words')", 'undefined own words\n'],
])('%s', (_title, work, said) => {
  expect(watch(work)).toEqual({said, signal: null})
})

test('a process that hangs in a system call is killed, with words', () => {
  expect(watch("(await import('node:child_process')).execFileSync('sleep', ['50'])")).toEqual({
    said: 'it hangs in a system call: killed\n',
    signal: 'SIGKILL',
  })
})
