import {defineDriver} from '../../../kinds/define-driver.ts'
import {pgbackrestSchema} from './schema.ts'

export const pgbackrestMethod = defineDriver({
  type: 'pgbackrest',
  schema: pgbackrestSchema,
  load: async () => {
    const {openPhysical} = await import('./open-physical.ts')
    return (spec, tools: Parameters<typeof openPhysical>[1]) => openPhysical(spec, tools)
  },
  paths: (spec, places) => ({...spec, config: places.file(spec.config)}),
  programs: [
    {
      program: 'pgbackrest',
      why: 'physical backups and restores to a moment',
      debian: 'pgbackrest',
      needed: true,
      key: 'program',
      versionBy: 'version',
    },
  ],
  example: {spec: {type: 'pgbackrest', stanza: 'main'}},
})
