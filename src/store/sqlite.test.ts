import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {errorCode, inTransaction, openSqlite} from './sqlite.ts'

function file(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'opsconsole-sqlite-'))
  onTestFinished(() => rmSync(made, {recursive: true, force: true}))
  return path.join(made, 'x.db')
}
const table = 'CREATE TABLE IF NOT EXISTS t (x INTEGER)'
const open = (at: string) => openSqlite(at, {timeoutMs: 1000, prepare: database => database.exec(table)})

test('a file is shared by several connections, with a write-ahead log', () => {
  const at = file()
  const [one, other] = [open(at), open(at)]
  inTransaction(one, () => one.exec('INSERT INTO t VALUES (1)'))
  expect(other.prepare('SELECT x FROM t').all()).toEqual([{x: 1}])
  expect(other.prepare('PRAGMA journal_mode').get()).toEqual({journal_mode: 'wal'})
  one.close()
  other.close()
})

test('work that fails leaves nothing, and its cause is raised as it is', () => {
  const database = open(file())
  const cause = new Error('broken')
  const broken = (): never => {
    database.exec('INSERT INTO t VALUES (1)')
    throw cause
  }
  expect(() => inTransaction(database, broken)).toThrow(cause)
  expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({n: 0})
  expect(database.isTransaction).toBe(false)
  database.close()
})

test('a file that is none of SQLite is said to be so by its number', () => {
  const at = file()
  writeFileSync(at, 'nothing of the kind'.repeat(100))
  let code = 0
  try {
    open(at)
  } catch (error) {
    code = errorCode(error)
  }
  expect(code).toBe(26)
})
