import path from 'node:path'
import {writeConfig} from '../../config/write.ts'
import {quotePosix} from '../../text/quote-posix.ts'

/** What has to be there before the first backup of a directory; nothing of it is made by init. */
const KEYS = '/etc/opsconsole'
const [IDENTITY, PASSWORD, REPOSITORY] = [`${KEYS}/age-identity`, `${KEYS}/restic-password`, '/var/backups/restic']

/** Whether the backups themselves would lie in it. */
export const holdsBackups = (directory: string): boolean =>
  `${REPOSITORY}/`.startsWith(directory === '/' ? '/' : `${directory}/`)

/** A backup of a directory, commented out: its keys and its repository are made by a person, once. Pure. */
export function directoryTemplate(directory: string, environment: string): string {
  const backup = {
    backups: [
      {
        name: nameOf(directory),
        environment,
        method: 'restic',
        restic: {directory, repository: REPOSITORY, password: {file: PASSWORD}},
        storage: {type: 'dir', path: '/var/backups/opsconsole'},
        encryption: {recipients: ['RECIPIENT'], identity: {file: IDENTITY}},
        interval: '5m',
      },
    ],
  }
  const steps = [
    `To back up ${directory} with restic: make its keys and its repository, put the recipient that age-keygen prints in the place of`,
    'RECIPIENT, and take the # away below. docs/backups.md tells what is proved of it.',
    `  install -d -m 700 ${KEYS} && umask 077`,
    `  age-keygen -o ${IDENTITY}`,
    `  openssl rand -base64 32 > ${PASSWORD}`,
    `  restic --password-file ${PASSWORD} -r ${quotePosix(REPOSITORY)} init`,
  ]
  const lines = writeConfig(backup).trim().split('\n')
  return `\n${[...steps, ...lines].map(line => `#${line === '' ? '' : ` ${line}`}`).join('\n')}\n`
}

/** As a backup may be called. */
function nameOf(directory: string): string {
  const name = path
    .basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 40)
  return name === '' ? 'files' : name
}
