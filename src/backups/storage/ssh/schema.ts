import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

/** OpenSSH expands `${...}` in these and knows no way to write it; a quote would end the word. */
const file = (meaning: string) =>
  z
    .string()
    .regex(/^(?!.*(?:["\p{Cc}]|\$\{)).+$/u, 'should be a path without " and ${')
    .describe(meaning)

export const sshStorageSchema = lateObject(() => ({
  type: z.literal('ssh'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9_[:][A-Za-z0-9._:[\]-]*$/, 'should be a host name or an address')
    .describe('Host that keeps the backups, or its alias in ssh_config'),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/, 'should be the name of a user')
    .optional()
    .describe('User there; left to ssh_config when left out'),
  port: z.number().int().min(1).max(65_535).optional().describe('Port of sshd there; left to ssh_config when left out'),
  path: z
    .string()
    .regex(/^\P{Cc}+$/u, 'should be a path without control characters')
    .describe(
      'Directory there that holds backups and their catalogue; relative to the home directory unless it begins with /',
    ),
  identityFile: file(
    'Private key, without a passphrase or known to an agent; left to ssh_config when left out',
  ).optional(),
  knownHostsFile: file('File with the key of the host; ~/.ssh/known_hosts when left out').optional(),
  connectTimeout: duration('Longest wait for a connection').default(10_000),
}))
export type SshStorageSpec = z.infer<typeof sshStorageSchema>
