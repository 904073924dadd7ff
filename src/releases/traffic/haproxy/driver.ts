import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {haproxySchema} from './schema.ts'

export const haproxyDriver = defineDriver({
  type: 'haproxy',
  schema: haproxySchema,
  load: async () => (await import('./haproxy.ts')).openHaproxy,
  paths: (spec, places) => ({
    ...spec,
    socket: places.file(spec.socket),
    ...(spec.readSocket === undefined ? {} : {readSocket: places.file(spec.readSocket)}),
    ...(spec.stateFile === undefined ? {} : {stateFile: places.file(spec.stateFile)}),
    ...(spec.controls === undefined ? {} : {controls: places.file(spec.controls)}),
  }),
  address: ({socket}) => escapeLine(socket, 200),
  doctor: async (spec, tools) => [await (await import('./doctor.ts')).checkHaproxy(spec, tools)],
  example: {
    spec: {
      type: 'haproxy',
      socket: '/run/haproxy/admin.sock',
      readSocket: '/run/haproxy/read.sock',
      backend: 'app',
      stateFile: '/var/lib/haproxy/server-state',
      controls: '/etc/haproxy/controls',
    },
  },
})
