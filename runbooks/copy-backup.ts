import {backupLock, runbook, step, z} from 'opsconsole'

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
          run: async ({ops}) => {
            const backup = ops.backup(facts.name)
            await (back ? backup.copyFrom(place, id) : backup.copyTo(place, id))
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
          run: async ({ops}) => {
            const backup = ops.backup(facts.name)
            await (back ? backup : backup.at(place)).requireSound(id)
          },
        }),
      ]),
    )
    return [
      ...copies,
      step({
        id: 'compare',
        title: 'Say what each place holds',
        why: 'What was taken meanwhile waits for the next time, and is named',
        readOnly: true,
        run: async ({ops, log}) => {
          const backup = ops.backup(facts.name)
          for (const {place, location} of facts.wanted) {
            const missing = await backup.missingAt(place)
            log(`${location}: ${missing.length === 0 ? 'has every good backup' : `lacks ${missing.join(', ')}`}`)
          }
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
