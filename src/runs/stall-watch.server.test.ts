import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {expect, test} from 'vitest'

/** In a process of its own: it is the main thread that is watched. */
function ended(code: string): {readonly said: string; readonly signal: NodeJS.Signals | null} {
  const file = path.join(import.meta.dirname, 'stall-watch.ts')
  const whole = `import {openStallWatch} from ${JSON.stringify(file)}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
${code}`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', whole], {encoding: 'utf8', timeout: 60_000})
  return {said: run.stdout + run.stderr, signal: run.signal}
}

const said = (code: string): string => ended(code).said

const watch = (work: string): ReturnType<typeof ended> =>
  ended(`try { console.log('came to', await openStallWatch().watch('it', async () => { ${work} }, 1000)) }
catch (error) { console.log(error.code, error.message) }`)

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

test('one watch serves several works, at once and after its thread was let go', () => {
  const loop = `await it.watch('a loop', async () => { for (;;) {} }, 1000).catch(error => error.message)`
  const stopped = 'a loop was stopped: it kept the process busy for 1 s'
  expect(
    said(`const it = openStallWatch()
    const waited = it.watch('a wait', () => sleep(3000), 9000)
    const first = ${loop}
    await waited
    await sleep(1500)
    console.log([first, ${loop}].join('; '))`),
  ).toBe(`${stopped}; ${stopped}\n`)
})

test('a process that hangs in a system call is killed, with words', () => {
  expect(watch("(await import('node:child_process')).execFileSync('sleep', ['50'])")).toEqual({
    said: 'it hangs in a system call: killed\n',
    signal: 'SIGKILL',
  })
})
