import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {ResolveSecret} from '../../src/config/fields.ts'
import {freePorts} from '../../src/lab/ports.ts'

export type S3ServerName = 's3rver' | 'fauxqs'

/** Keys stand in the configuration of a test as they are. */
export const plainSecret: ResolveSecret = ref =>
  typeof ref === 'string' ? Promise.resolve(ref) : Promise.reject(new Error('the test has no other secrets'))

export interface S3Server {
  readonly port: number
  /** Has the bucket `backups`. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  stop(): Promise<void>
}

/** A real S3 server in a process of its own: two that share no code, the first of which checks signatures. */
export async function startS3Server(
  name: S3ServerName,
  tls?: {readonly key: string; readonly certificate: string},
): Promise<S3Server> {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-s3-'))
  const [port = 0] = await freePorts(1)
  const script = path.join(import.meta.dirname, 's3-server.mjs')
  const files = tls === undefined ? [] : [tls.key, tls.certificate]
  const child = spawn(process.execPath, [script, name, String(port), directory, ...files], {stdio: 'pipe'})
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    rmSync(directory, {recursive: true, force: true})
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve())
      child.once('exit', code => reject(new Error(`${name} ended with ${code}: ${said.slice(-800)}`)))
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port,
    endpoint: `${tls === undefined ? 'http' : 'https'}://localhost:${port}`,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    stop,
  }
}
