import {drivers} from '../../kinds/drivers.ts'
import {commandInstances} from './command/driver.ts'

/** Everything that starts and stops instances. Adding one: its folder, and one line here. */
export const instanceDrivers = drivers([commandInstances])
