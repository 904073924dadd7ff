import type {Obstacle, Question} from '../kinds/questions.ts'
import type {InstanceDriver} from './instances/instance-driver.ts'
import {probeInstance} from './instance.ts'
import {serversOf} from './readiness.ts'
import type {Request} from './request.ts'
import {escapeLine} from '../text/escape.ts'
import {roleOf, versionWords} from './slots.ts'
import type {ReleaseConfig} from './config.ts'
import type {TrafficDriver, TrafficState} from './traffic/traffic-driver.ts'

/** deploy, canary: start and switch · rollback: switch · restart: start and stop, and take traffic off and give it back. */
export type ReleasePurpose = 'deploy' | 'rollback' | 'restart'

/** What the questions may use: all of it is there for a plan and for the doctor. */
export interface Asked {
  readonly config: ReleaseConfig
  readonly traffic: TrafficDriver
  readonly instances: InstanceDriver
  readonly request: Request
  readonly signal: AbortSignal
  /** What for; the doctor asks for all. */
  readonly purpose?: ReleasePurpose
}

/** All that could stop a run of a release in its middle and can be read before it. */
export const RELEASE_QUESTIONS: readonly Question<Asked, ReleasePurpose>[] = [
  {
    about: 'load balancer',
    neededFor: ['deploy', 'rollback', 'restart'],
    async ask({config, traffic, signal}) {
      const names = config.slots.flatMap(slot => slot.instances.map(one => one.name))
      const own = (await traffic.obstacles?.(signal)) ?? []
      const state = await traffic.state(signal)
      const servers = serversOf(state, names)
      return [
        ...own,
        ...(traffic.listsAllThatServe === true ? strangers(state, names) : []),
        ...servers.flatMap(({name, unfit}) =>
          unfit === undefined
            ? []
            : [{what: `${name} ${unfit}`, fix: 'Correct the configuration of the load balancer, then plan again.'}],
        ),
      ]
    },
  },
  {
    about: 'programs',
    neededFor: ['deploy', 'restart'],
    ask: async ({config, instances, traffic, signal, purpose}) => {
      // A deploy touches nothing of the live slot: a host of it that is lost is a reason to deploy, and none against it.
      const state = purpose === 'deploy' ? await traffic.state(signal) : undefined
      const touched = config.slots.filter(
        slot => state === undefined || roleOf(slot.instances.map(one => state.servers.get(one.name))) !== 'live',
      )
      return instances.obstacles(
        touched.flatMap(slot => slot.instances.map(({name}) => ({slot: slot.name, instance: name}))),
      )
    },
  },
  {about: 'health path', neededFor: ['deploy', 'rollback', 'restart'], ask: absentHealthPath},
]

/** A server that no slot has gets its part of the requests, whatever is moved. One without weight, or a spare, is no such server. */
function strangers({servers}: TrafficState, names: readonly string[]): readonly Obstacle[] {
  const others = [...servers.values()].filter(({name, placement}) => placement === 'serving' && !names.includes(name))
  if (others.length === 0) return []
  const words = others.map(({name}) => escapeLine(name, 80)).join(', ')
  return [
    {
      what: `${words} ${others.length === 1 ? 'takes' : 'take'} requests there too, in no slot of this release`,
      fix: 'Take it out in the load balancer, make it a `backup` there, or add it to a slot.',
    },
  ]
}

/** Answers by which a server says that it has nothing at this path, whatever state it is in. */
const ABSENT = /answered (?:301|302|303|307|308|401|403|404|405|410)\b/

/** A version is good when its health path answers 200: where the live one has no such path, none ever will be. */
async function absentHealthPath({config, traffic, request, signal}: Asked): Promise<readonly Obstacle[]> {
  const state = await traffic.state(signal)
  const live = config.slots.find(
    slot => roleOf(slot.instances.map(instance => state.servers.get(instance.name))) === 'live',
  )
  if (live === undefined) return []
  const views = await Promise.all(live.instances.map(one => probeInstance(one, live.name, {config, request, signal})))
  const absent = views.filter(({reason}) => ABSENT.test(reason))
  const [first] = absent
  if (first === undefined || absent.length < views.length) return []
  return [
    {
      what: `${first.id}, which is live with ${versionWords({instances: views, version: first.version})}, ${first.reason}: no version can become healthy by it`,
      fix: `Set healthPath of the release to a path that answers 200; it is ${config.healthPath}.`,
    },
  ]
}
