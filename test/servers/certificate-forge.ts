import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export interface Certificate {
  /** PEM files. */
  readonly cert: string
  readonly key: string
}

export interface Wanted {
  /** Common name. */
  readonly name: string
  /** Such as `DNS:a.example, IP:127.0.0.1`. */
  readonly names?: string
  /** Days from now. */
  readonly from?: number
  readonly to?: number
  readonly authority?: boolean
}

const CONFIG = `[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
`

/** Certificates with whatever dates and issuers are wanted, made by OpenSSL in a directory of their own. */
export class CertificateForge {
  readonly directory = mkdtempSync(path.join(os.tmpdir(), 'ops-certificates-'))
  #made = 0

  constructor() {
    writeFileSync(path.join(this.directory, 'ca.conf'), CONFIG)
    writeFileSync(path.join(this.directory, 'index.txt'), '')
  }

  /** Signed by `issuer`; without one, by itself. */
  make(wanted: Wanted, issuer?: Certificate): Certificate {
    this.#made += 1
    const file = (ending: string): string => path.join(this.directory, `${this.#made}.${ending}`)
    const made = {cert: file('pem'), key: file('key')}
    const ask = [
      'req',
      '-config',
      'ca.conf',
      '-new',
      '-nodes',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
    ]
    this.#openssl([...ask, '-subj', `/CN=${wanted.name}`, '-keyout', made.key, '-out', file('csr')])
    const extensions = [
      `basicConstraints = critical, CA:${wanted.authority ? 'TRUE' : 'FALSE'}`,
      ...(wanted.names === undefined ? [] : [`subjectAltName = ${wanted.names}`]),
    ]
    writeFileSync(file('ext'), extensions.join('\n'))
    const signer = issuer ? ['-cert', issuer.cert, '-keyfile', issuer.key] : ['-selfsign', '-keyfile', made.key]
    const dates = ['-startdate', stamp(wanted.from ?? -1), '-enddate', stamp(wanted.to ?? 365)]
    const sign = ['ca', '-batch', '-notext', '-config', 'ca.conf', '-in', file('csr'), '-out', made.cert]
    this.#openssl([...sign, ...signer, ...dates, '-extfile', file('ext')])
    return made
  }

  /** One file with several certificates, the server's own first. */
  chain(...certificates: readonly Certificate[]): string {
    this.#made += 1
    const file = path.join(this.directory, `${this.#made}.chain.pem`)
    writeFileSync(file, certificates.map(({cert}) => readFileSync(cert, 'utf8')).join(''))
    return file
  }

  remove(): void {
    rmSync(this.directory, {recursive: true, force: true})
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, {cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe']})
  }
}

/** `20261126120000Z`, some days from now. */
const stamp = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
