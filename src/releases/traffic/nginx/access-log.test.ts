import {appendFile, mkdtemp, rename, rm, truncate, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {openAccessLog, parseAnswer} from './access-log.ts'

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'access-log-'))
  file = path.join(directory, 'access.log')
})
afterEach(() => rm(directory, {recursive: true}))

const line = (address: string, upstream: string, status = upstream): string =>
  `${JSON.stringify({upstream_addr: address, upstream_status: upstream, status, other: 'kept by the operator'})}\n`

test.each([
  ['one answer', line('10.0.0.1:80', '200'), [['10.0.0.1:80', 200]]],
  [
    'a second try',
    line('10.0.0.1:80, 10.0.0.2:80', '502, 200', '200'),
    [
      ['10.0.0.1:80', 502],
      ['10.0.0.2:80', 200],
    ],
  ],
  ['a socket', line('unix:/run/app.sock', '404'), [['unix:/run/app.sock', 404]]],
  ['no answer at all', line('10.0.0.1:80', '-', '499'), [['10.0.0.1:80', 0]]],
  ['no server left', line('web', '502'), []],
  ['a page of nginx itself', line('-', '-', '301'), []],
])('%s is counted for the servers that gave it', (_, text, servers) => {
  expect(parseAnswer(text)?.servers.map(({address, status}) => [address, status])).toEqual(servers)
})

test.each(['', '127.0.0.1 - - "GET / HTTP/1.1" 200', '{"status":', '{"upstream_addr":"10.0.0.1:80"}'])(
  'a line of another format is passed over: %s',
  text => expect(parseAnswer(text)).toBeUndefined(),
)

test('only what is written from now on counts, over half lines, a rotation and a cut', async () => {
  await writeFile(file, line('10.0.0.1:80', '500').repeat(50))
  const log = openAccessLog(file)
  expect((await log.counts()).byAddress.size).toBe(0)

  const half = line('10.0.0.1:80', '200')
  await appendFile(file, line('10.0.0.1:80', '503') + half.slice(0, 20))
  expect((await log.counts()).byAddress.get('10.0.0.1:80')).toEqual({responses: 1, errors: 1, refused: 0})
  await appendFile(file, half.slice(20) + line('web', '502'))
  expect(await log.counts()).toMatchObject({unserved: 1})

  await appendFile(file, line('10.0.0.1:80', '404'))
  await rename(file, `${file}.1`)
  await writeFile(file, line('10.0.0.2:80', '200'))
  const rotated = await log.counts()
  expect(rotated.byAddress.get('10.0.0.1:80')).toEqual({responses: 3, errors: 1, refused: 1})
  expect(rotated.byAddress.get('10.0.0.2:80')).toEqual({responses: 1, errors: 0, refused: 0})

  await truncate(file)
  await appendFile(file, line('10.0.0.2:80', '-', '504').slice(0, -1))
  await log.counts()
  await appendFile(file, '\n')
  expect((await log.counts()).byAddress.get('10.0.0.2:80')).toEqual({responses: 2, errors: 1, refused: 0})
})
