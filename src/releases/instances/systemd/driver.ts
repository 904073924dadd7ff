import {defineDriver} from '../../../kinds/define-driver.ts'
import {systemdSchema} from './schema.ts'

export const systemdInstances = defineDriver({
  type: 'systemd',
  schema: systemdSchema,
  load: async () => (await import('./systemd.ts')).openSystemd,
  example: {
    spec: {
      type: 'systemd',
      unit: 'web@{instance}.service',
      versionFile: '/etc/web/{instance}.env',
      artefact: '/srv/web/{version}/bin/web',
      hosts: {blue1: 'app1', green1: 'app1'},
      ssh: {user: 'deploy', port: 22, config: '/etc/opsconsole/ssh_config'},
      systemctl: ['systemctl'],
      sudo: true,
      timeout: '1m',
    },
  },
})
