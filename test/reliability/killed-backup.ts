/** A process that takes a backup into a directory and kills itself when so much work was done. */
import {readFileSync} from 'node:fs'
import {folderOf, backupSource, type BackupsConfig} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {plainSecret} from '../servers/s3-server.ts'
import {takeBroken} from './broken-backup.ts'

const [file = '', at = ''] = process.argv.slice(2)
const config = JSON.parse(readFileSync(file, 'utf8')) as BackupsConfig
const {backup} = backupSource(config, 'production')
if (backup.storage.type !== 'dir') throw new Error('this is for a directory')
const storage = directoryStorage(backup.storage, {folder: folderOf(backup), secret: plainSecret})
await takeBroken(config, storage, {
  at: Number(at),
  act: () => {
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => undefined)
  },
})
