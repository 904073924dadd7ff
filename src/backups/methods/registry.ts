import {drivers} from '../../kinds/drivers.ts'
import {pgbackrestMethod} from './pgbackrest/driver.ts'
import {pgdumpMethod} from './pgdump/driver.ts'
import {redisMethod} from './redis/driver.ts'
import {resticMethod} from './restic/driver.ts'
import {sqliteMethod} from './sqlite/driver.ts'

/** Every method. Adding one: its folder, and one line here. */
export const methods = drivers([pgdumpMethod, pgbackrestMethod, sqliteMethod, redisMethod, resticMethod])
