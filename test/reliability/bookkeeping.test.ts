import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {groupMembers} from '../../src/processes/stop.ts'
import type {CommandRecord} from '../../src/shell/command-record.ts'
import {startShell} from '../../src/shell/command-process.ts'
import {createShell} from '../../src/shell/create-shell.ts'
import {createRedactor} from '../../src/text/redact.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-keeping-'))
})
afterEach(() => rmSync(dir, {recursive: true, force: true}))

const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), {code: 'ENOSPC'})
}

/** A shell whose records fail where a test says so. */
function shellWith(record: Partial<CommandRecord>, pids: number[] = []) {
  return createShell({
    record: {
      intend: () => 1,
      started: (_command, process) => void pids.push(process?.pid ?? 0),
      ended: () => {},
      line: () => {},
      ...record,
    },
    redactor: createRedactor(),
    signal: new AbortController().signal,
    spoolDir: dir,
    dryRun: false,
    env: {},
    operatorEnv: process.env,
    cwd: dir,
    graceMs: 10_000,
    start: startShell,
  })
}

test('a command whose process cannot be written down is waited for all the same', async () => {
  await shellWith({started: full})`sleep 0.2; echo done > marker`
  expect(readFileSync(path.join(dir, 'marker'), 'utf8')).toBe('done\n')
})

test('a command whose output cannot be taken over is stopped with its whole group, and says so', async () => {
  const pids: number[] = []
  const $ = shellWith({line: full}, pids)
  await expect($`sleep 600 & echo line; wait`).rejects.toThrow(/ENOSPC/)
  expect(pids).toHaveLength(1)
  expect(groupMembers(pids[0] ?? 0)).toEqual([])
  expect(readdirSync(dir)).toEqual([])
})

test('a command that cannot be intended does not run', async () => {
  await expect(shellWith({intend: full})`touch marker`).rejects.toThrow(/ENOSPC/)
  expect(readdirSync(dir)).toEqual([])
})
