import {OpsError} from '../../errors.ts'
import type {OpsTools} from '../../kinds/ops-tools.ts'
import {callPlatform} from '../../platforms/call.ts'
import {quotePosix} from '../../text/quote-posix.ts'
import {formatDuration} from '../../units/duration.ts'
import {sleep} from '../../units/clock.ts'
import {type PublishedVersion, readId, readVersions} from './read-versions.ts'
import type {PublishedSpec} from './schema.ts'

/** A version and what is served beside it, for plans. The same world gives the same one. */
export interface PublishableVersion extends PublishedVersion {
  /** What users get now; undefined: nothing, or the platform lists it no more. */
  readonly current: PublishedVersion | undefined
  readonly command: string
  readonly notUndone: readonly string[]
}

/** What runbooks can do with a service whose platform keeps published versions. */
export interface ServiceOps {
  readonly name: string
  /** A version by its name or id. Raises `runbook/params` with those there are, or with its state when it is not ready. */
  publishable(version: string): Promise<PublishableVersion>
  /** What users get now. */
  published(): Promise<PublishedVersion | undefined>
  /** Publishes it and waits until users get it. Raises `process/failed` with what the platform said. */
  publish(version: string): Promise<void>
}

interface Published {
  readonly name: string
  readonly published?: PublishedSpec | undefined
}
type Tools = Pick<OpsTools, 'act' | 'exec' | 'secret' | 'signal' | 'log' | 'dryRun'>

const LOOK_EVERY_MS = 2_000
const LISTED = 10
/** First a letter or digit, and nothing that ends a text in JSON or means something to a program. */
const VALUE = /^[A-Za-z0-9][A-Za-z0-9._+@:/-]{0,199}$/

export const openServiceOps = (service: Published, tools: Tools): ServiceOps => ({
  name: service.name,
  publishable: async version => {
    const spec = specOf(service)
    const {versions, current} = await look(spec, tools)
    const found = find(versions, version, spec)
    if (found === undefined) {
      const known = versions.filter(({state}) => spec.ready.includes(state)).map(one => one.version)
      throw new OpsError('runbook/params', `${service.name} has no version ${version}`, {
        hint: `Ready are: ${[...new Set(known)].slice(0, LISTED).join(', ') || 'none'}.`,
      })
    }
    if (!spec.ready.includes(found.state))
      throw new OpsError(
        'runbook/params',
        `${version} cannot be published: it is ${found.state}${spec.failed.includes(found.state) ? '' : ', neither ready nor failed yet'}`,
      )
    return {...found, current, command: textOf(argvOf(spec, found)), notUndone: spec.notUndone}
  },
  published: async () => (await look(specOf(service), tools)).current,
  publish: version => publish(specOf(service), tools, version),
})

function specOf({name, published}: Published): PublishedSpec {
  if (published !== undefined) return published
  throw new OpsError('runbook/params', `${name} has no published versions`, {
    hint: 'Say in `published` of the service how its platform lists and publishes them: docs/releases.md, "Platforms".',
  })
}

async function look(spec: PublishedSpec, tools: Tools) {
  const {env, again, timeout: timeoutMs} = spec
  const ask = (argv: readonly string[]): Promise<string> =>
    callPlatform({argv, env, again, timeoutMs, signal: tools.signal}, tools)
  const versions = readVersions(await ask(spec.list), spec)
  if (spec.current === undefined) return {versions, current: versions.find(({state}) => spec.live.includes(state))}
  const id = readId(await ask(spec.current.program), spec.current)
  return {versions, current: versions.find(one => one.id === id)}
}

/** By its id; else the newest of that name that is ready, else the newest. */
const find = (
  versions: readonly PublishedVersion[],
  wanted: string,
  {ready}: Pick<PublishedSpec, 'ready'>,
): PublishedVersion | undefined => {
  const named = versions.filter(({version}) => version === wanted)
  return versions.find(({id}) => id === wanted) ?? named.find(({state}) => ready.includes(state)) ?? named[0]
}

async function publish(spec: PublishedSpec, tools: Tools, wanted: string): Promise<void> {
  const {versions, current} = await look(spec, tools)
  const chosen = find(versions, wanted, spec)
  if (chosen === undefined) throw new OpsError('release/unknown', `the platform lists no version ${wanted} any more`)
  // What is under way would take its place a moment later.
  const isUnderWay = ({state}: PublishedVersion) => ![...spec.ready, ...spec.failed, ...spec.live].includes(state)
  if (current?.version === chosen.version && !versions.some(isUnderWay))
    return tools.log(`users get ${chosen.version} already`)
  const argv = argvOf(spec, chosen)
  const {env, again, timeout: timeoutMs} = spec
  await tools.act(textOf(argv), signal => callPlatform({argv, env, again, timeoutMs, signal}, tools), '')
  if (tools.dryRun) return
  const before = new Set(versions.map(({id}) => id))
  for (const deadline = performance.now() + spec.settle; ; await sleep(LOOK_EVERY_MS, tools.signal)) {
    const now = await look(spec, tools)
    if (now.current?.version === chosen.version) return tools.log(`users get ${chosen.version}`)
    const begun = now.versions.find(
      ({id, version}) => version === chosen.version && (id === chosen.id || !before.has(id)),
    )
    const state = begun?.state ?? 'listed no more'
    if (begun !== undefined && spec.failed.includes(state))
      throw new OpsError('process/failed', `the platform could not publish ${chosen.version}: it is ${state}`)
    if (performance.now() >= deadline)
      throw new OpsError(
        'process/timeout',
        `${chosen.version} is ${state} and users get ${now.current?.version ?? 'nothing that is listed'}, ${formatDuration(spec.settle)} after it was published`,
      )
  }
}

/** A value is filled in inside of words and of JSON, and can end neither. */
function argvOf({publish: argv}: PublishedSpec, {id, version}: PublishedVersion): readonly string[] {
  return argv.map(word =>
    word.replaceAll(/\{(id|version)\}/g, (_placeholder, key: 'id' | 'version') => {
      const value = {id, version}[key]
      if (!VALUE.test(value))
        throw new OpsError('release/unknown', `${JSON.stringify(value)} cannot be an ${key} of a version`)
      return value
    }),
  )
}

const textOf = (argv: readonly string[]): string => argv.map(quotePosix).join(' ')
