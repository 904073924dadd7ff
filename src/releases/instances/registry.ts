import type {ReleaseConfig} from '../config.ts'
import {openCommandInstances} from './command/command.ts'
import type {InstancesDriver} from './instances.ts'

type Instances = ReleaseConfig['instances']

/** Every instances driver. Adding one: its folder, one line here, and its schema in the configuration of releases. */
const drivers: {readonly [Type in Instances['type']]: (config: Instances) => InstancesDriver} = {
  command: openCommandInstances,
}

export const openInstances = (config: Instances): InstancesDriver => drivers[config.type](config)
