import {defineDriver} from '../../../kinds/define-driver.ts'
import {ok} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'
import {nginxSchema} from './schema.ts'

export const nginxDriver = defineDriver({
  type: 'nginx',
  schema: nginxSchema,
  load: async () => (await import('./nginx.ts')).openNginx,
  paths: (spec, places) => ({
    ...spec,
    file: places.file(spec.file),
    pidFile: places.file(spec.pidFile),
    ...(spec.accessLog === undefined ? {} : {accessLog: places.file(spec.accessLog)}),
    nginx: places.program(spec.nginx),
  }),
  address: ({file}) => escapeLine(file, 200),
  doctor: async (spec, {name, exec, signal, timeoutMs}) => {
    const {stderr} = await exec([...spec.nginx, '-v'], {signal, timeoutMs})
    const version = /nginx\/(\S+)/.exec(stderr)?.[1] ?? 'unknown version'
    return [ok(name, `nginx ${escapeLine(version, 40)}; a reload cuts about one idle keep-alive connection in 1,000`)]
  },
  example: {
    spec: {
      type: 'nginx',
      file: '/etc/nginx/opsconsole/web.conf',
      upstream: 'web',
      servers: {blue1: '10.0.0.11:8080', green1: '10.0.0.11:8081'},
      nginx: ['nginx'],
      accessLog: '/var/log/nginx/web.json',
      pidFile: '/run/nginx.pid',
      timeout: '10s',
    },
  },
})
