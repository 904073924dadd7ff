import {resolve} from 'node:path'
import type {ReleaseConfig} from '../config.ts'
import {openHaproxy} from './haproxy/haproxy.ts'
import type {TrafficDriver} from './traffic.ts'

type Traffic = ReleaseConfig['traffic']

/** Every traffic driver. Adding one: its folder, one line here, and its schema in the configuration of releases. */
const drivers: {readonly [Type in Traffic['type']]: (config: Traffic, directory: string) => TrafficDriver} = {
  haproxy: (config, directory) => openHaproxy({socket: resolve(directory, config.socket), backend: config.backend}),
}

/** Relative paths of the configuration are relative to `directory`. */
export const openTraffic = (config: Traffic, directory: string): TrafficDriver =>
  drivers[config.type](config, directory)
