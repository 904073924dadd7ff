import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

export interface Authority {
  /** Path of its certificate. */
  readonly file: string
  /** Writes NAME.crt and NAME.key beside it, and says what they hold. */
  issue(name: string, options: {readonly subject: string; readonly names?: string}): {certificate: string; key: string}
}

/** A private certificate authority in a directory, made with openssl. */
export function makeAuthority(directory: string, name: string): Authority {
  const at = (file: string): string => join(directory, file)
  const openssl = (...words: string[]): Buffer => execFileSync('openssl', words, {stdio: ['ignore', 'pipe', 'pipe']})
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    at(`${name}.key`),
    '-out',
    at(`${name}.crt`),
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
  )
  return {
    file: at(`${name}.crt`),
    issue(leaf, {subject, names}) {
      openssl('req', ...fresh, '-keyout', at(`${leaf}.key`), '-out', at(`${leaf}.csr`), '-subj', `/CN=${subject}`)
      writeFileSync(
        at(`${leaf}.ext`),
        `basicConstraints=CA:FALSE\n${names === undefined ? '' : `subjectAltName=${names}\n`}`,
      )
      const by = ['-CA', at(`${name}.crt`), '-CAkey', at(`${name}.key`), '-CAcreateserial']
      openssl(
        'x509',
        '-req',
        '-in',
        at(`${leaf}.csr`),
        ...by,
        '-out',
        at(`${leaf}.crt`),
        '-days',
        '30',
        '-extfile',
        at(`${leaf}.ext`),
      )
      return {certificate: readFileSync(at(`${leaf}.crt`), 'utf8'), key: readFileSync(at(`${leaf}.key`), 'utf8')}
    },
  }
}
