import {appendFileSync, mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {runFiles} from './directory.ts'
import {openOutput, readOutput} from './output.ts'
import {makeDirectory} from '../../files/make-directory.ts'

const stateDir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-output-'))
afterAll(() => rmSync(stateDir, {recursive: true, force: true}))

test('a runner that was killed within a line: the part is shown as it is, and the line of the next runner is whole', () => {
  const files = runFiles(stateDir, '20261127-093842-hv3e')
  makeDirectory(path.dirname(files.output))
  const say = (text: string): void => {
    const output = openOutput(files, () => 1)
    output.line({step: 'one', stream: 'out', text})
    output.close()
  }
  say('before')
  appendFileSync(files.output, '{"step":"one","str')
  expect(readOutput(files.output).lines.map(line => line.text)).toEqual(['before'])
  say('after')
  expect(readOutput(files.output).lines.map(line => line.text)).toEqual(['before', '{"step":"one","str', 'after'])
})
