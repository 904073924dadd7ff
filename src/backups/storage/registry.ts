import {drivers} from '../../kinds/drivers.ts'
import {directoryStorageDriver} from './dir/driver.ts'
import {s3StorageDriver} from './s3/driver.ts'
import {sshStorageDriver} from './ssh/driver.ts'

/** Every storage of backups. Adding one: its folder, and one line here. */
export const storages = drivers([directoryStorageDriver, s3StorageDriver, sshStorageDriver])
