import type {DoctorTools} from '../kinds/define-driver.ts'
import {askAll} from '../kinds/questions.ts'
import type {Check} from '../kinds/verdict.ts'
import type {ReleaseConfig} from './config.ts'
import {instanceDrivers} from './instances/registry.ts'
import {RELEASE_QUESTIONS} from './questions.ts'
import {request} from './request.ts'
import {trafficDrivers} from './traffic/registry.ts'

/** What could stop a run of a release, for the doctor: the questions that its plans ask as well. */
export async function askRelease(config: ReleaseConfig, tools: DoctorTools): Promise<readonly Check[]> {
  const [openTraffic, openInstances] = await Promise.all([
    trafficDrivers.load([config.traffic.type]),
    instanceDrivers.load([config.instances.type]),
  ])
  const asked = {
    config,
    traffic: openTraffic(config.traffic, tools),
    instances: openInstances(config.instances, {exec: tools.exec, directory: '/'}),
    request,
    signal: tools.signal,
  }
  return askAll(RELEASE_QUESTIONS, asked, tools.name)
}
