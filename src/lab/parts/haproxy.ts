import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CONTROL_MAPS, controlLines} from '../../releases/traffic/haproxy/control-lines.ts'
import {ownedDirectory} from '../home.ts'
import {haproxySocket, logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {listening} from '../wait.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

export const BACKEND = 'app'
const configFile = (plan: LabPlan): string => join(plan.home, 'haproxy.cfg')
/** What its emergency traffic controls are put on with. */
export const controlsDirectory = (plan: LabPlan): string => join(plan.home, 'haproxy', 'controls')
const PAGE = '<!doctype html><title>Maintenance</title><h1>Back in a few minutes</h1>\n'

export async function prepareHaproxy(plan: LabPlan): Promise<void> {
  await ownedDirectory(join(plan.home, 'haproxy'), plan.accounts.haproxy)
  const controls = controlsDirectory(plan)
  await ownedDirectory(controls, plan.accounts.haproxy)
  const {lua} = controlLines(controls)
  const files = {
    ...Object.fromEntries(CONTROL_MAPS.map(file => [file, ''])),
    'pause.lua': lua,
    'maintenance.html': PAGE,
  }
  for (const [file, text] of Object.entries(files)) await writeFile(join(controls, file), text, {mode: 0o644})
  await writeFile(configFile(plan), haproxyConfig(plan), {mode: 0o644})
}

/**
 * Only requests that are not POST are tried again on another server: an order must not be placed twice. The green
 * servers start in maintenance. Faults are switched past the load balancer only, so `/_` is refused here. Without a
 * `timeout check` a check has no longer than until the next one, and a busy machine would have all servers down.
 */
export function haproxyConfig(plan: LabPlan): string {
  const server = (instance: LabPlan['instances'][number]): string =>
    `  server ${instance.name} 127.0.0.1:${instance.port}${instance.slot === 'green' ? ' disabled' : ''}`
  const controls = controlLines(controlsDirectory(plan))
  return `global
  stats socket "${haproxySocket(plan)}" mode 600 level admin
  stats timeout 2m
  maxconn 8000
  tune.bufsize 32768
  hard-stop-after 30s
  log stdout format raw local0
${controls.global}

defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  timeout connect 1s
  timeout check 10s
  timeout client 60s
  timeout server 30s
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout queue 5s
  timeout tunnel 1h
  option redispatch 1
  option idle-close-on-response
  retries 3
  retry-on conn-failure empty-response response-timeout

frontend web
  bind 127.0.0.1:${plan.ports.web}
  http-request deny deny_status 403 if { path_beg /_ }
  ${controls.frontend}
  http-request disable-l7-retry if METH_POST
  http-request set-header X-Request-Id %[uuid()]
  option forwardfor
  default_backend ${BACKEND}

backend ${BACKEND}
  balance roundrobin
  option httpchk GET /health/ready
  http-check expect status 200
  default-server check inter 500ms fastinter 250ms downinter 500ms rise 2 fall 2 weight 100
${plan.instances.map(server).join('\n')}

${controls.others}

frontend stats
  bind 127.0.0.1:${plan.ports.stats}
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /
  stats refresh 5s
`
}

export function haproxyPart(plan: LabPlan): Part {
  return {
    name: 'haproxy',
    port: plan.ports.web,
    log: logFile(plan, 'haproxy'),
    pidFile: pidFile(plan, 'haproxy'),
    // SIGUSR1 would wait for every client; on TERM it closes at once.
    stop: {graceMs: 5000},
    startMs: 15_000,
    spec: async () => ({
      argv: [plan.programs.haproxy, '-db', '-f', configFile(plan)],
      cwd: join(plan.home, 'haproxy'),
      env: baseEnvironment(plan),
      account: plan.accounts.haproxy,
      log: logFile(plan, 'haproxy'),
      pidFile: pidFile(plan, 'haproxy'),
    }),
    ready: () => listening(plan.ports.web),
  }
}
