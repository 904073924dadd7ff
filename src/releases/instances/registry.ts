import {drivers} from '../../kinds/drivers.ts'
import {commandInstances} from './command/driver.ts'
import {composeInstances} from './compose/driver.ts'
import {kubernetesInstances} from './kubernetes/driver.ts'
import {systemdInstances} from './systemd/driver.ts'

/** Everything that starts and stops instances. Adding one: its folder, and one line here. */
export const instanceDrivers = drivers([commandInstances, systemdInstances, composeInstances, kubernetesInstances])
