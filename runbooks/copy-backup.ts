import {backupLock, type Ops, runbook, step, z} from 'opsconsole'

type Backup = ReturnType<Ops['backup']>

/** What became of one, for the end: a bad one must not keep those after it from being copied. */
const faultKey = (id: string, place: string): string => `fault of ${id} in ${place}`

/** Undefined when it was copied. One that is bad where it comes from is on record as such there. */
async function copyFault(source: Backup, copy: () => Promise<void>, id: string): Promise<string | undefined> {
  try {
    await copy()
    return undefined
  } catch (error) {
    const {code} = error as {readonly code?: unknown}
    if (code !== 'backup/damaged' && code !== 'backup/untrusted') throw error
    await source.verdict(id)
    return error instanceof Error ? error.message : String(error)
  }
}

/** Undefined when it is good there. What was there before and is bad is sent again, once. */
async function readFault(there: Backup, copy: () => Promise<void>, id: string): Promise<string | undefined> {
  const first = await there.verdict(id)
  // That says something of this host, and of all of them.
  if (first.fault === 'wrong key') await there.requireSound(id)
  if (first.ok) return undefined
  await copy()
  const {ok, fault, reason} = await there.verdict(id)
  return ok ? undefined : `${id} in ${there.location} is ${fault ?? 'bad'}: ${reason}`
}

/** Copies backups into another place as they are stored, and reads each copy there to its end. */
export default runbook({
  name: 'copy-backup',
  summary: 'Copy backups into their other places, and verify each copy there',
  description:
    'A copy is sealed as the original is, its checksum is compared before it gets its name, and it is read back from ' +
    'where it went. What was interrupted goes on where the storage can. With from=PLACE one is brought back.',
  params: z.object({
    backup: z.string().optional().describe('Which backup; optional when there is only one'),
    to: z.string().optional().describe('One of its places; all of them when left out'),
    from: z.string().optional().describe('Bring it back from this place instead'),
    id: z.string().optional().describe('One backup by its id; every good one that a place lacks when left out'),
  }),
  danger: 'safe',
  locks: context => [backupLock('copies', context)],

  facts: async ({ops, params}) => {
    const backup = ops.backup(params.backup)
    const {from, id} = params
    if (from !== undefined && id === undefined) throw new Error('say with id=… which backup is to be brought back')
    const places = from === undefined ? (params.to === undefined ? backup.copies : [params.to]) : [from]
    if (places.length === 0) throw new Error(`backup ${backup.name} has no copies in the configuration`)
    const wanted = await Promise.all(
      places.map(async place => ({
        place,
        location: backup.at(place).location,
        ids: id === undefined ? await backup.missingAt(place) : [id],
      })),
    )
    return {name: backup.name, location: backup.location, wanted}
  },

  plan: ({facts, params}) => {
    const back = params.from !== undefined
    const partsOf = (backup: Backup, place: string, id: string) => ({
      source: back ? backup.at(place) : backup,
      target: back ? backup : backup.at(place),
      copy: () => (back ? backup.copyFrom(place, id) : backup.copyTo(place, id)),
    })
    const copies = facts.wanted.flatMap(({place, location, ids}) =>
      ids.flatMap(id => [
        step({
          id: `copy ${id} ${place}`,
          title: back ? `Bring ${id} back from ${place}` : `Copy ${id} to ${place}`,
          why: 'What is in one place only is lost with it',
          targets: [back ? facts.location : location],
          timeout: '24h',
          // What is there already is not sent again.
          idempotent: true,
          onUnknown: 'rerun',
          run: async ({ops, save, log}) => {
            const {source, copy} = partsOf(ops.backup(facts.name), place, id)
            const fault = await copyFault(source, copy, id)
            save(faultKey(id, place), fault ?? '')
            if (fault !== undefined) log(`not copied: ${fault}`)
          },
        }),
        step({
          id: `verify ${id} ${place}`,
          title: `Read ${id} completely where it is now`,
          why: 'A copy that was never read is a hope',
          targets: [back ? facts.location : location],
          timeout: '24h',
          idempotent: true,
          onUnknown: 'rerun',
          run: async ({ops, save, saved, log}) => {
            const key = faultKey(id, place)
            if (saved[key] !== '') return log('it was not copied')
            const {target, copy} = partsOf(ops.backup(facts.name), place, id)
            if (target.dryRun) return log('dry run: nothing was copied, so nothing is read')
            save(key, (await readFault(target, copy, id)) ?? '')
          },
        }),
      ]),
    )
    return [
      ...copies,
      step({
        id: 'compare',
        title: 'Say what each place holds, and fail if any copy is bad',
        why: 'What was taken meanwhile waits for the next time, and is named; one that is bad does not hide the others',
        readOnly: true,
        run: async ({ops, log, saved}) => {
          const backup = ops.backup(facts.name)
          for (const {place, location} of facts.wanted) {
            const missing = await backup.missingAt(place)
            log(`${location}: ${missing.length === 0 ? 'has every good backup' : `lacks ${missing.join(', ')}`}`)
          }
          const faults = facts.wanted.flatMap(({place, ids}) =>
            ids.flatMap(id => (saved[faultKey(id, place)] as string | undefined) || []),
          )
          if (faults.length > 0) throw new Error(faults.join('; '))
        },
      }),
    ]
  },
  onFailure: 'leave',
  afterwards: ({facts}) =>
    facts.wanted.map(({location, ids}) =>
      ids.length === 0 ? `Nothing was missing in ${location}.` : `${ids.length} copied and read in ${location}.`,
    ),
})
