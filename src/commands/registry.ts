import type {Command} from './command.ts'

type Loader = () => Promise<{readonly command: Command}>

/** Every command by its words. Each is loaded only when it is called, so that none pays for another's imports. */
export const loaders: Readonly<Record<string, Loader>> = {
  agent: () => import('./agent/run.ts'),
  'alerts list': () => import('./alerts/list.ts'),
  'alerts ack': () => import('./alerts/ack.ts'),
  'alerts expire': () => import('./alerts/expire.ts'),
  'alerts explain': () => import('./alerts/explain.ts'),
  'alerts oncall': () => import('./alerts/oncall.ts'),
  'alerts retry': () => import('./alerts/retry.ts'),
  'alerts silence': () => import('./alerts/silence.ts'),
  'alerts silences': () => import('./alerts/silences.ts'),
  'alerts test': () => import('./alerts/test.ts'),
  'alerts undelivered': () => import('./alerts/undelivered.ts'),
  'audit export': () => import('./audit/export.ts'),
  'audit list': () => import('./audit/list.ts'),
  'audit show': () => import('./audit/show.ts'),
  'audit verify': () => import('./audit/verify.ts'),
  backups: () => import('./backups/list.ts'),
  'backup create': () => import('./backup/create.ts'),
  'backup hold': () => import('./backup/hold.ts'),
  'backup list': () => import('./backup/list.ts'),
  'backup prune': () => import('./backup/prune.ts'),
  'backup restore-plan': () => import('./backup/restore-plan.ts'),
  'backup sign': () => import('./backup/sign.ts'),
  'backup verify': () => import('./backup/verify.ts'),
  'cache invalidate': () => import('./cache/invalidate.ts'),
  'cache stats': () => import('./cache/stats.ts'),
  caches: () => import('./caches/list.ts'),
  completion: loadCompletion,
  databases: () => import('./databases/list.ts'),
  doctor: () => import('./doctor/check.ts'),
  'drill list': () => import('./drill/list.ts'),
  'drill report': () => import('./drill/report.ts'),
  heartbeat: () => import('./heartbeat/report.ts'),
  heartbeats: () => import('./heartbeats/list.ts'),
  init: async () => ({command: (await import('./init/init.ts')).initCommand}),
  'lab down': () => import('./lab/down.ts'),
  'lab fault': () => import('./lab/fault.ts'),
  'lab load': () => import('./lab/load.ts'),
  'lab status': () => import('./lab/status.ts'),
  'lab up': () => import('./lab/up.ts'),
  'lock list': () => import('./lock/list.ts'),
  'lock release': () => import('./lock/release.ts'),
  'maintenance list': () => import('./maintenance/list.ts'),
  'maintenance off': () => import('./maintenance/off.ts'),
  'maintenance on': () => import('./maintenance/on.ts'),
  plan: () => import('./plan/make.ts'),
  releases: () => import('./releases/list.ts'),
  run: () => import('./run/start.ts'),
  runner: () => import('./runner.ts'),
  'runbook check': () => import('./runbook/check.ts'),
  'runbook list': () => import('./runbook/list.ts'),
  'runbook new': () => import('./runbook/new.ts'),
  'runbook show': () => import('./runbook/show.ts'),
  'runs abort': () => import('./runs/abort.ts'),
  'runs decide': () => import('./runs/decide.ts'),
  'runs answer': () => import('./runs/answer.ts'),
  'runs approve': () => import('./runs/approve.ts'),
  'runs attach': () => import('./runs/attach.ts'),
  'runs list': () => import('./runs/list.ts'),
  'runs resume': () => import('./runs/resume.ts'),
  'runs settle': () => import('./runs/settle.ts'),
  'runs show': () => import('./runs/show.ts'),
  'schedule list': () => import('./schedule/list.ts'),
  'schedule pause': () => import('./schedule/pause.ts'),
  'schedule resume': () => import('./schedule/resume.ts'),
  'schedule run': () => import('./schedule/run.ts'),
  'schedule show': () => import('./schedule/show.ts'),
  schedules: () => import('./schedules/list.ts'),
  services: () => import('./services/list.ts'),
  slo: () => import('./services/slo.ts'),
  status: () => import('./status/show.ts'),
  trust: () => import('./trust/trust.ts'),
}

/** Completion is made from all the other commands. */
async function loadCompletion(): Promise<{readonly command: Command}> {
  const {createCompletionCommand} = await import('./completion/completion.ts')
  const others = await Promise.all(
    Object.entries(loaders).flatMap(([name, load]) => (name === 'completion' ? [] : [load()])),
  )
  return {command: createCompletionCommand(() => others.map(other => other.command))}
}

/** All of them, for help, completion and the reference. */
export async function allCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(loaders).map(async load => (await load()).command))
}

/** The words of the command that an argument list begins with, longest first; a bare noun means its list. */
export function findCommand(
  words: readonly string[],
): {readonly name: string; readonly load: Loader; readonly used: number} | undefined {
  for (const used of [2, 1]) {
    const name = words.slice(0, used).join(' ')
    const load = words.length >= used && Object.hasOwn(loaders, name) ? loaders[name] : undefined
    if (load) return {name, load, used}
  }
  const list = words[0] === undefined ? undefined : loaders[`${words[0]} list`]
  return list && words.length === 1 ? {name: `${words[0]} list`, load: list, used: 1} : undefined
}
