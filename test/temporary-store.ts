import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {onTestFinished} from 'vitest'
import {openStore, type Store} from '../src/store/open.ts'

/** A store in a directory of its own, gone when the test is over. */
export function temporaryStore(): Store {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-store-'))
  const store = openStore(directory)
  onTestFinished(() => {
    store.close()
    rmSync(directory, {recursive: true, force: true})
  })
  return store
}
