import {spawn} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import {createInterface} from 'node:readline'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly tls: boolean
  readonly user: string | null
  /** As it came. */
  readonly text: string
}

export interface MailServer {
  readonly port: number
  readonly received: Mail[]
  stop(): Promise<void>
}

/** The system's own Python has the package. */
const PYTHON = '/usr/bin/python3'

/** A real mail server (Debian's python3-aiosmtpd) that asks for a password, over what `mode` says; on a free port unless one is named. */
export async function startMailServer(
  mode: 'open' | 'starttls' | 'login' | 'tls',
  {certificate, key, port: wanted}: {readonly certificate: string; readonly key: string; readonly port?: number},
): Promise<MailServer> {
  const script = path.join(import.meta.dirname, 'mail-server.py')
  const child = spawn(PYTHON, [script, mode, certificate, key, ...(wanted === undefined ? [] : [String(wanted)])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const received: Mail[] = []
  const lines = createInterface(child.stdout)
  const port = await new Promise<number>((resolve, reject) => {
    lines.once('line', line => resolve(Number(line)))
    child.once('exit', code => reject(new Error(`the mail server ended with ${code}: ${said.slice(-500)}`)))
  })
  lines.on('line', line => {
    const {data, ...mail} = JSON.parse(line) as Omit<Mail, 'text'> & {readonly data: string}
    received.push({...mail, text: Buffer.from(data, 'base64').toString('latin1')})
  })
  return {
    port,
    received,
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
