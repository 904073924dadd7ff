import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {findProgram} from '../../src/lab/programs.ts'
import {listening, waitFor} from '../../src/lab/wait.ts'
import {childrenOf} from '../../src/processes/children.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

export interface UpstreamNginx {
  readonly port: number
  /** The file with the upstream block `web`, included by its configuration. */
  readonly file: string
  readonly pidFile: string
  readonly accessLog: string
  /** nginx with the arguments it was started with. */
  readonly argv: readonly string[]
  stop(): Promise<void>
}

const conf = (dir: string, port: number): string => `worker_processes 2;
daemon off;
error_log ${dir}/error.log warn;
pid ${dir}/nginx.pid;
events { worker_connections 1024; }
http {
  log_format opsconsole escape=json '{"upstream_addr":"$upstream_addr","upstream_status":"$upstream_status","status":"$status"}';
  access_log ${dir}/access.json opsconsole;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  include ${dir}/upstreams/*.conf;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout;
    }
  }
}
`

/** A real nginx before the servers of an upstream block `web`, whose lines these are. */
export async function startUpstreamNginx(servers: readonly string[]): Promise<UpstreamNginx> {
  const account = await unprivileged(['www-data', 'nobody'])
  const scratch = await scratchDirectory('nginx')
  const dir = await ownedDirectory(path.join(scratch.dir, 'run'), account)
  await mkdir(path.join(dir, 'upstreams'))
  const file = path.join(dir, 'upstreams', 'web.conf')
  await writeFile(file, `upstream web {\n${servers.map(line => `  server ${line};\n`).join('')}}\n`)
  const [port = 0] = await freePorts(1)
  const config = path.join(scratch.dir, 'nginx.conf')
  await writeFile(config, conf(dir, port))
  const argv = [await findProgram('nginx'), '-e', 'stderr', '-c', config]
  const log = path.join(scratch.dir, 'nginx.log')
  const identity = await spawnDaemon({
    argv,
    cwd: dir,
    env: {PATH: '/usr/sbin:/usr/bin:/bin', LANG: 'C.UTF-8'},
    account,
    log,
    pidFile: path.join(scratch.dir, 'pid'),
  })
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 2000})
    await scratch.remove()
  }
  // It listens before it has its workers, and names itself after that.
  const isReady = async (): Promise<boolean> =>
    (await listening(port)) && childrenOf(identity.pid).some(({title}) => title.startsWith('nginx: worker process'))
  if (await waitFor(isReady, {timeoutMs: 15_000}))
    return {port, file, pidFile: path.join(dir, 'nginx.pid'), accessLog: path.join(dir, 'access.json'), argv, stop}
  const tail = await lastLines(log, 10)
  await stop()
  throw new Error(`nginx did not start: ${tail.join(' | ')}`)
}
