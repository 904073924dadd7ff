import {defineDriver} from '../../../kinds/define-driver.ts'
import {s3Address} from './address.ts'
import {s3StorageSchema} from './schema.ts'

export const s3StorageDriver = defineDriver({
  type: 's3',
  schema: s3StorageSchema,
  load: async () => (await import('./s3.ts')).s3Storage,
  paths: (spec, places) => (spec.ca === undefined ? spec : {...spec, ca: places.file(spec.ca)}),
  address: s3Address,
  doctor: async (spec, tools) => (await import('./doctor.ts')).checkS3(spec, tools),
  example: {
    entry: {name: 'shop-off-site'},
    spec: {
      type: 's3',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      bucket: 'shop-backups',
      prefix: 'opsconsole',
      addressing: 'virtual-host',
      accessKeyId: {env: 'BACKUP_KEY_ID'},
      secretAccessKey: {file: '/etc/opsconsole/backup-key'},
      sessionToken: {env: 'BACKUP_SESSION_TOKEN'},
      ca: '/etc/ssl/private-ca.pem',
      partSize: '16mb',
    },
  },
})
