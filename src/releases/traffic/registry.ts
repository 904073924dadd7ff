import {drivers} from '../../kinds/drivers.ts'
import {commandTraffic} from './command/driver.ts'
import {gatewayTraffic} from './gateway/driver.ts'
import {haproxyDriver} from './haproxy/driver.ts'
import {kubernetesTraffic} from './kubernetes/driver.ts'
import {nginxDriver} from './nginx/driver.ts'

/** Everything that moves traffic. Adding one: its folder, and one line here. */
export const trafficDrivers = drivers([haproxyDriver, nginxDriver, commandTraffic, kubernetesTraffic, gatewayTraffic])
