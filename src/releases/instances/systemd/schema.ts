import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

export const systemdSchema = lateObject(() => ({
  type: z.literal('systemd'),
  unit: z.string().min(1).describe('Unit of an instance; {slot} and {instance} are filled in: web@{instance}.service'),
  versionFile: z
    .string()
    .startsWith('/')
    .describe('File on the host whose line VERSION=… is replaced before the unit is restarted; its EnvironmentFile'),
  artefact: z
    .string()
    .startsWith('/')
    .optional()
    .describe('What a start of {version} needs on the host: /srv/web/{version}/bin/web'),
  hosts: z
    .record(z.string(), z.string())
    .default({})
    .describe('Host by instance, as ssh knows it; the name of the instance where it is left out'),
  ssh: z
    .strictObject({
      user: z.string().optional().describe('Login name'),
      port: z.number().int().optional().describe('Port'),
      config: z.string().optional().describe('An ssh_config file instead of the usual one'),
    })
    .default({})
    .describe('How hosts are reached; the rest is the configuration of OpenSSH'),
  systemctl: z
    .array(z.string())
    .min(1)
    .default(['systemctl'])
    .describe('systemctl, with first arguments such as --user'),
  sudo: z.boolean().default(false).describe('Put `sudo -n` before what writes the file and calls systemctl'),
  timeout: duration('Deadline of one start or stop, and of the health after it').default(60_000),
}))
export type SystemdSpec = z.infer<typeof systemdSchema>
