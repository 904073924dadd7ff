/** What a plan of a deploy knows of the way back. */
interface WayBack {
  readonly version: string
  readonly live: {readonly slot: string; readonly version: string}
  readonly idle: {readonly slot: string; readonly instances: readonly {readonly version: string | undefined}[]}
  /** How long the old slot is kept, in words, and what is known of a start after that. */
  readonly keep: string
  readonly cold: string | undefined
  readonly schema: {readonly reason: string} | undefined
}

/** What is lost by a deploy, since the slot it goes to is the way back of the deploy before, and what there is instead. */
export function wayBackWords({version, live, idle, keep, cold, schema}: WayBack): string {
  const [old, ...others] = new Set(idle.instances.map(instance => instance.version))
  const first =
    old === undefined || others.length > 0 || old === version || old === live.version
      ? `The way back will be ${live.version}, which keeps running on ${live.slot}`
      : `${old} on ${idle.slot} is replaced and stops being the way back; it will be ${live.version} on ${live.slot}`
  const later = cold === undefined ? [] : [`It is kept for ${keep}; from then on: ${cold}`]
  return [first, ...later, ...(schema === undefined ? [] : [schema.reason])].join('. ')
}

/** The same after the deploy, with what was seen of the old slot. */
export function wayBackNow({
  release,
  environment,
  live,
  keep,
  cold,
  back,
}: Pick<WayBack, 'live' | 'keep' | 'cold'> & {
  readonly release: string
  readonly environment: string
  readonly back: unknown
}): string {
  const {ready, reason} = (back ?? {}) as {readonly ready?: boolean; readonly reason?: string}
  if (ready !== true) return `There is no warm version to go back to: ${reason ?? 'it was not checked'}.`
  const later = cold === undefined ? '' : `; from then on: ${cold}`
  return `Way back: opsconsole run rollback -e ${environment} -p release=${release}. ${live.version} waits on ${live.slot}; it is kept for ${keep}, then the agent ends it${later}.`
}

/** What a deploy saved of its restore point; nothing where it made none. */
export function restorePointLines(saved: Readonly<Record<string, unknown>>, title: string): readonly string[] {
  if (saved['restorePoint'] === undefined) return []
  const {backup, kind, name} = saved['restorePoint'] as Readonly<Record<'backup' | 'kind' | 'name', string>>
  return [`${title}: ${kind} ${name} of backup ${backup}; run rollback offers it`]
}
