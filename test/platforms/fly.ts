import {serveStandIn} from './stand-in.ts'

/**
 * `fly machine list|cordon|uncordon`, after https://fly.io/docs/flyctl/machine-list/, machine-cordon/ and machine-uncordon/, and the
 * `Machine` of github.com/superfly/fly-go (machine_types.go at 005ce19). Not Fly.io.
 */
const machine = (id: string, cordoned: boolean) => ({
  id,
  name: `name-of-${id}`,
  state: 'started',
  region: 'fra',
  image_ref: {registry: 'registry.fly.io', repository: 'shop', tag: 'deployment-01', digest: 'sha256:00', labels: null},
  instance_id: '01HZZZ',
  private_ip: 'fdaa::3',
  created_at: '2026-11-01T10:00:00Z',
  updated_at: '2026-11-26T10:00:00Z',
  checks: [{name: 'servicecheck-00-http-8080', status: 'passing', output: '200'}],
  host_status: 'ok',
  cordoned,
})

serveStandIn(
  {machines: [machine('3287d2a4b1c285', false), machine('9185c0f1d2e383', true), machine('e784cafe', false)]},
  (args, world) => {
    const [noun, verb, id] = args
    if (process.env['FLY_API_TOKEN'] === undefined)
      return {stderr: 'Error: No access token available. Please login with `flyctl auth login`\n', code: 1}
    if (noun !== 'machine' || !args.includes('--app')) return {stderr: 'Error: unknown command\n', code: 1}
    if (verb === 'list') return {stdout: `${JSON.stringify(world.machines, null, 2)}\n`}
    const at = world.machines.find(one => one.id === id)
    if (at === undefined)
      return {
        stderr: `Error: could not get machine ${id}: failed to get VM ${id}: not_found: machine not found\n`,
        code: 1,
      }
    at.cordoned = verb === 'cordon'
    return {stdout: `${at.cordoned ? 'Activating' : 'Deactivating'} cordon on machine ${id}...\ndone!\n`}
  },
)
