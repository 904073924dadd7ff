import {messageOf} from '../../../errors.ts'
import type {Obstacle} from '../../../kinds/questions.ts'
import {lastLines} from '../../../processes/run.ts'
import {sshArgv} from '../../../shell/ssh.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {InstanceAction, InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import {askedBy} from '../startable.ts'
import {programLogs} from '../program-logs.ts'
import {preflightObstacles, preflightScript} from './preflight.ts'
import {showCommand, startScript} from './remote.ts'
import type {SystemdSpec} from './schema.ts'
import {unitAction} from './unit-action.ts'

const LOG_LINES = 200
const PREFLIGHT_MS = 20_000

/** Units of systemd on other hosts, over OpenSSH. The version is a line in a file that the unit reads. */
export function openSystemd(spec: SystemdSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const {user, port, config} = spec.ssh
  const far = {
    ...(user === undefined ? {} : {user}),
    ...(port === undefined ? {} : {port}),
    ...(config === undefined ? {} : {config}),
  }
  const sudo = spec.sudo ? 'sudo -n ' : ''
  const plain = spec.systemctl.map(quotePosix).join(' ')
  const systemctl = `${sudo}${plain}`
  // Units of a user log into the journal of that user.
  const journal = `${sudo}journalctl${spec.systemctl.includes('--user') ? ' --user' : ''} --no-pager -o cat`
  const at = ({instance}: InstancePlace, command: string): readonly string[] =>
    sshArgv(spec.hosts[instance] ?? instance, command, far)
  const filled = (place: InstancePlace, template: string): string => fillArgv([template], {...place})[0] ?? ''
  const action = (place: InstancePlace, command: string): InstanceAction => {
    const unit = filled(place, spec.unit)
    return unitAction({argv: at(place, command), show: at(place, showCommand(plain, unit)), unit}, tools)
  }
  const preflight = async (place: InstancePlace): Promise<readonly Obstacle[]> => {
    const host = spec.hosts[place.instance] ?? place.instance
    const asked = {
      unit: filled(place, spec.unit),
      file: filled(place, spec.versionFile),
      host,
      sudo: spec.sudo,
      systemctl: spec.systemctl,
    }
    const argv = at(place, preflightScript(asked))
    const said = await tools.exec(argv, {cwd: tools.directory, timeoutMs: PREFLIGHT_MS, anyExit: true}).catch(messageOf)
    if (typeof said !== 'string' && said.exitCode === 0) return preflightObstacles(said.stdout, asked)
    const words = typeof said === 'string' ? said : lastLines(said).trim()
    return [
      {
        what: `${escapeLine(host, 80)}, the host of ${place.instance}, does not answer over ssh: ${escapeLine(words, 200)}`,
        fix: `Try it by hand: ssh ${escapeLine(host, 80)} true`,
      },
    ]
  }
  const obstacles = async (places: readonly InstancePlace[] = []): Promise<readonly Obstacle[]> => {
    const missing = await missingProgram('instances.ssh', ['ssh'], tools.directory)
    if (missing.length > 0) return missing
    return (await Promise.all(places.map(preflight))).flat()
  }
  const {artefact} = spec
  return {
    timeoutMs: spec.timeout,
    start(place, version) {
      const [line = ''] = fillArgv(['VERSION={version}'], {version})
      const what = {file: filled(place, spec.versionFile), line, unit: filled(place, spec.unit)}
      return action(place, startScript(what, {sudo, systemctl}))
    },
    stop: place => action(place, `${systemctl} stop ${quotePosix(filled(place, spec.unit))}`),
    ...(artefact === undefined
      ? {}
      : {
          startable: (place, version, signal) => {
            const [file = ''] = fillArgv([artefact], {...place, version})
            const argv = at(place, `test -e ${quotePosix(file)}`)
            const ask = () => tools.exec(argv, {signal, cwd: tools.directory, timeoutMs: spec.timeout, anyExit: true})
            const host = spec.hosts[place.instance] ?? place.instance
            return askedBy(`${file} on ${host}`, ask, {yes: 'is there', no: 'is not there'})
          },
        }),
    logs: programLogs(place => at(place, `${journal} -n ${LOG_LINES} -u ${quotePosix(filled(place, spec.unit))}`), {
      ...tools,
      obstacles: () => obstacles(),
    }),
    obstacles,
  }
}
