import {serveStandIn} from './stand-in.ts'

/**
 * `fly machine list|cordon|uncordon`, after github.com/superfly/flyctl at ad0172f and the `Machine` of github.com/superfly/fly-go
 * (machine_types.go at 005ce19). Not Fly.io. Where its words are from:
 * - cordon and uncordon: internal/command/machine/cordon.go and uncordon.go; `Error: `: internal/cli/cli.go
 * - a machine that is gone: internal/command/machine/select.go, which rewrites the answer of the API
 * - no token: `ErrNoAuthToken` of fly-go, as the test of the Homebrew formula of flyctl has it
 * - states of machines: https://fly.io/docs/machines/machine-states
 * - a call without `--app`, fly.toml or FLY_APP: as users quoted it, many times over
 * - searched for and not found: an unknown command (own words)
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

const NO_APP =
  'Error: the config for your app is missing an app name, add an app field to the fly.toml file or specify with the -a flag\n'

serveStandIn(
  {machines: [machine('3287d2a4b1c285', false), machine('9185c0f1d2e383', true), machine('e784cafe', false)]},
  (args, world) => {
    const [noun, verb, id] = args
    if (process.env['FLY_API_TOKEN'] === undefined)
      return {stderr: "Error: no access token available. Please login with 'flyctl auth login'\n", code: 1}
    if (noun !== 'machine') return {stderr: 'Error: own words: unknown command\n', code: 1}
    if (!args.includes('--app')) return {stderr: NO_APP, code: 1}
    if (verb === 'list') return {stdout: `${JSON.stringify(world.machines, null, 2)}\n`}
    const at = world.machines.find(one => one.id === id)
    if (at === undefined)
      return {
        stderr: `Error: machine ${id} was not found in app 'shop'\n`,
        code: 1,
      }
    at.cordoned = verb === 'cordon'
    return {stdout: `${at.cordoned ? 'Activating' : 'Deactivating'} cordon on machine ${id}...\ndone!\n`}
  },
)
