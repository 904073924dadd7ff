import {z} from 'zod'
import type {Memory} from '../kinds/memory.ts'
import {moment} from './moment.ts'
import {type ReleasePoint, restorePointSchema} from './restore-point-schema.ts'
import type {SlotView} from './views.ts'

/** What became of a version under live traffic. */
const fateSchema = z.enum(['good', 'too little seen', 'failed its watch', 'rolled back from'])
export type Fate = z.infer<typeof fateSchema>

const noteSchema = z.lazy(() =>
  z.object({fate: fateSchema, reason: z.string(), at: z.number(), run: z.string(), by: z.string().optional()}),
)
/** What is remembered of a version: its last fate, why, when, the run that found out, and whose run that was. */
export type VersionNote = z.infer<typeof noteSchema>

const leftSchema = z.lazy(() =>
  z.object({
    v: z.literal(1),
    /** What took all traffic when the last run of ours had moved it. */
    live: z
      .object({
        slot: z.string(),
        version: z.string().nullable(),
        at: z.number(),
        run: z.string(),
        /** Where the load balancer sent the requests of each server then. */
        addresses: z.record(z.string(), z.string()).readonly().optional(),
      })
      .nullable(),
    /** When a run began to move traffic, until it has noted where it is: nothing is drift meanwhile. */
    moving: z.number().nullable().default(null),
    /** The slot that a run left without traffic, to go back to until `until`; `ended` when it was stopped after that. */
    kept: z
      .object({
        slot: z.string(),
        version: z.string().nullable(),
        until: z.number(),
        run: z.string(),
        ended: z.number().nullable(),
      })
      .nullable()
      .default(null),
    /** While a canary gets a share: which slot, how much of a hundred. */
    canary: z
      .object({slot: z.string(), version: z.string().nullable(), percent: z.number(), at: z.number(), run: z.string()})
      .nullable()
      .default(null),
    /** Made before the last deploy that migrated the database. */
    restorePoint: restorePointSchema.nullable().default(null),
    /** What a run of ours has changed first, where its name alone does not say what it is. */
    bound: z.object({run: z.string(), to: z.string()}).optional(),
    versions: z.record(z.string(), noteSchema),
  }),
)
/** What our runs left of a release, and what they learnt of its versions. */
export type Left = z.infer<typeof leftSchema>
export type Kept = NonNullable<Left['kept']>

export const NOTHING: Left = {
  v: 1,
  live: null,
  moving: null,
  kept: null,
  canary: null,
  restorePoint: null,
  versions: {},
}
/** A move takes moments; a run that was killed in the middle of one must not hide what it left for longer. */
const MOVING_MS = 120_000
/** Older versions than these are forgotten. */
const KEPT_VERSIONS = 50

export function readLeft(memory: Memory, target: string): Left {
  const parsed = leftSchema.safeParse(memory.read(target))
  return parsed.success ? parsed.data : NOTHING
}

export function noteLive(memory: Memory, target: string, live: NonNullable<Left['live']>): void {
  const left = readLeft(memory, target)
  // Whatever had a share beside it has none any more.
  memory.write(target, {
    ...left,
    live,
    moving: null,
    canary: null,
    kept: left.kept?.slot === live.slot ? null : left.kept,
  })
}

/** Servers that a run of ours starts may be anywhere afterwards, until the next note of what is live. */
export function forgetAddresses(memory: Memory, target: string, servers: readonly string[]): void {
  const left = readLeft(memory, target)
  if (left.live?.addresses === undefined) return
  const addresses = Object.fromEntries(
    Object.entries(left.live.addresses).filter(([server]) => !servers.includes(server)),
  )
  memory.write(target, {...left, live: {...left.live, addresses}})
}

export function noteCanary(memory: Memory, target: string, canary: Left['canary'], moving: number | null): void {
  memory.write(target, {...readLeft(memory, target), canary, moving})
}

/** The slot that is kept, with what is different of it now. */
export function noteKept(memory: Memory, target: string, kept: Left['kept']): void {
  memory.write(target, {...readLeft(memory, target), kept})
}

export function noteRestorePoint(memory: Memory, target: string, restorePoint: ReleasePoint): void {
  memory.write(target, {...readLeft(memory, target), restorePoint})
}

export function noteBound(memory: Memory, target: string, bound: NonNullable<Left['bound']>): void {
  memory.write(target, {...readLeft(memory, target), bound})
}

export function noteMoving(memory: Memory, target: string, moving: number | null): void {
  memory.write(target, {...readLeft(memory, target), moving})
}

export function noteFate(memory: Memory, target: string, version: string, note: VersionNote): void {
  const left = readLeft(memory, target)
  const versions = Object.entries({...left.versions, [version]: note}).sort(([, one], [, two]) => two.at - one.at)
  memory.write(target, {...left, versions: Object.fromEntries(versions.slice(0, KEPT_VERSIONS))})
}

/** The note of a version that nobody should go back to unasked; undefined when nothing bad is known of it. */
export function badNote(left: Left, version: string | undefined): VersionNote | undefined {
  const note = version === undefined ? undefined : left.versions[version]
  return note?.fate === 'failed its watch' || note?.fate === 'rolled back from' ? note : undefined
}

/** `failed its watch at 2026-11-26 12:47 UTC, run by ada: 9 of 60 requests failed`. */
export const noteWords = ({fate, reason, at, by}: VersionNote): string =>
  `${fate === 'rolled back from' ? 'was rolled back' : fate} at ${moment(at)}${by === undefined ? '' : `, run by ${by}`}${reason === '' ? '' : `: ${reason}`}`

/** Somebody who is alarmed by it may not have seen yet that it is over. */
const JUST_UNDONE_MS = 3_600_000

/** The version that the run which left the live slot took back by itself, in words; undefined: none, or long ago. */
export function justUndone({live, versions}: Left, now: number): string | undefined {
  const [version, note] =
    Object.entries(versions).find(
      ([name, {fate, run}]) => fate === 'failed its watch' && run === live?.run && name !== live.version,
    ) ?? []
  if (live === null || note === undefined || now - note.at > JUST_UNDONE_MS) return undefined
  return `already undone: ${version} ${noteWords(note)}; ${live.version ?? 'the version before'} on ${live.slot} is live again`
}

/**
 * What is different from what our last run left, and how to put it back; undefined when nothing is, nothing was left, or it
 * cannot be told. What moved it (a reload of the load balancer, a person) is not known.
 */
export function driftOf(
  {
    release,
    environment,
    now,
    missing = [],
    elsewhere = [],
  }: {
    readonly release: string
    readonly environment: string
    readonly now: number
    /** Instances that the load balancer, which answers, does not know. */
    readonly missing?: readonly string[]
    /** Servers whose requests go elsewhere than they were left to go, in words. */
    readonly elsewhere?: readonly string[]
  },
  left: Left,
  slots: readonly SlotView[],
): string | undefined {
  if (left.live === null || (left.moving !== null && Math.abs(now - left.moving) < MOVING_MS)) return undefined
  const {slot, version} = left.live
  if (missing.length > 0)
    return (
      `moved outside opsconsole: the load balancer does not know ${missing.join(', ')}; ${leftWords(left.live)}. ` +
      'Put it back: give its servers these names, or correct the release in the configuration'
    )
  const serving = slots.filter(one => one.role === 'live' || one.role === 'mixed')
  if (slots.some(one => one.role === 'no data')) return undefined
  const only = serving.length === 1 ? serving[0] : undefined
  // Both sides of a canary of ours take traffic, and the slot that was live is one of them.
  if (left.canary !== null && serving.length === 2) return undefined
  if (only?.name === slot && (only.version === undefined || version === null || only.version === version))
    return elsewhere.length === 0
      ? undefined
      : `moved outside opsconsole: ${elsewhere.join(', ')}; ${leftWords(left.live)}. ` +
          'Put it back: give its servers these addresses in the load balancer; the next deploy takes them as they are'
  const seen =
    serving.length === 0
      ? 'no slot takes traffic'
      : serving.map(one => `${one.name} serves ${one.version ?? 'an unknown version'}`).join(', ')
  return (
    `moved outside opsconsole: ${seen}; ${leftWords(left.live)}. ` +
    (only === undefined
      ? `Put it back: leave traffic on ${slot} alone in the load balancer, by hand`
      : `Put it back: opsconsole run ${version === null ? 'rollback' : 'deploy'} -e ${environment} -p release=${release}${version === null ? '' : ` -p version=${version}`}`)
  )
}

/** `run r1 left traffic on green 1.2.0 at 2026-11-26 12:47 UTC`. */
export const leftWords = ({slot, version, at, run}: NonNullable<Left['live']>): string =>
  `run ${run} left traffic on ${[slot, version ?? ''].join(' ').trim()} at ${moment(at)}`
