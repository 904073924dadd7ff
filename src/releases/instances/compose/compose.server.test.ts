import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {execProgram} from '../../../processes/run.ts'
import {openCompose} from './compose.ts'
import {composeSchema} from './schema.ts'

/**
 * A contract test: a stand-in with the command line that Docker Compose v2 and Podman document. Neither engine was run,
 * because no container can start where these tests run.
 */
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'opsconsole-compose-'))
  const engine = `#!/bin/sh
echo "VERSION=\${VERSION-} $*" >> "${directory}/calls"
case " $* " in
  *" logs "*) echo "line of $(eval echo \\$$#)";;
  *" config "*broken*) exit 1;;
  *" config "*) echo "registry/web:$VERSION";;
  *" inspect registry/web:1.2.0 "*) ;;
  *" inspect registry/web:down "*) echo '[]'; echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1;;
  *" inspect "*) echo "Error response from daemon: No such image: registry/web:$VERSION" >&2; exit 1;;
  *" broken "*) echo "no such service: broken" >&2; exit 1;;
esac
`
  await writeFile(path.join(directory, 'engine'), engine)
  await chmod(path.join(directory, 'engine'), 0o755)
})
afterAll(() => rm(directory, {recursive: true, force: true}))

const open = (more: Readonly<Record<string, unknown>> = {}) =>
  openCompose(
    composeSchema.parse({
      type: 'compose',
      engine: [path.join(directory, 'engine'), 'compose'],
      file: 'web.yaml',
      ...more,
    }),
    {
      exec: execProgram,
      directory,
    },
  )
const signal = (): AbortSignal => AbortSignal.timeout(30_000)

test('one service is made anew with its version in the environment, stopped, and its log is read', async () => {
  const place = {slot: 'blue', instance: 'blue1'}
  await open().start(place, '1.2.0').carryOut(signal())
  await open().stop(place).carryOut(signal())
  expect(await open().logs?.read(place, signal())).toBe('line of blue1\n')
  expect((await readFile(path.join(directory, 'calls'), 'utf8')).trim().split('\n')).toEqual([
    'VERSION=1.2.0 compose -f web.yaml up --detach --no-deps --force-recreate blue1',
    'VERSION=none compose -f web.yaml stop blue1',
    'VERSION=none compose -f web.yaml logs --no-color --no-log-prefix --tail 200 blue1',
  ])
})

test('what the engine says against it is the reason, and values are never options', async () => {
  await expect(open().stop({slot: 'blue', instance: 'broken'}).carryOut(signal())).rejects.toThrow(/no such service/)
  expect(() => open().start({slot: 'blue', instance: '--all'}, '1')).toThrow(/cannot be a/)
  expect(await open().obstacles()).toEqual([])
})

test.each([
  ['blue1', '1.2.0', {ok: true, reason: 'image registry/web:1.2.0 is on this host'}],
  ['blue1', '1.1.0', {ok: undefined, reason: 'image registry/web:1.1.0 is not on this host: it would be pulled'}],
  [
    'blue1',
    'down',
    {ok: undefined, reason: 'whether image registry/web:down is on this host is not known: the engine does not say'},
  ],
  ['broken', '1.2.0', {ok: undefined, reason: 'web.yaml does not say which image it would take'}],
] as const)('whether %s could be started with %s again is seen by its image', async (instance, version, expected) => {
  expect(await open().startable?.({slot: 'blue', instance}, version, signal())).toEqual(expected)
})

test('the project is the same, wherever the file is and whoever runs it', () => {
  const start = open({engine: ['sudo', 'docker', 'compose'], project: 'shop'}).start(
    {slot: 'a', instance: 'blue1'},
    '1.2.0',
  )
  expect(start.text).toBe(
    'env VERSION=1.2.0 sudo docker compose -p shop -f web.yaml up --detach --no-deps --force-recreate blue1',
  )
})

test.each([
  [['docker', 'compose'], 'docker image inspect'],
  [['sudo', '-n', 'docker', '--context', 'far', 'compose'], 'sudo -n docker --context far image inspect'],
  [['/usr/local/bin/docker-compose'], '/usr/local/bin/docker image inspect'],
  [['podman-compose'], 'podman image inspect'],
] as const)('the image is asked of the engine itself: %j', async (engine, asked) => {
  const calls: string[] = []
  const driver = openCompose(composeSchema.parse({type: 'compose', engine}), {
    exec: async argv => {
      calls.push(argv.join(' '))
      return {exitCode: 0, stdout: 'registry/web:1\n', stderr: '', durationMs: 1}
    },
    directory,
  })
  await driver.startable?.({slot: 'a', instance: 'blue1'}, '1', signal())
  expect(calls[1]).toBe(`${asked} registry/web:1`)
})
