import {sshArgv} from '../../../shell/ssh.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import {askedBy} from '../startable.ts'
import {programAction} from '../program-action.ts'
import {programLogs} from '../program-logs.ts'
import type {SystemdSpec} from './schema.ts'

const LOG_LINES = 200

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
  const systemctl = `${sudo}${spec.systemctl.map(quotePosix).join(' ')}`
  const at = ({instance}: InstancePlace, command: string): readonly string[] =>
    sshArgv(spec.hosts[instance] ?? instance, command, far)
  const filled = (place: InstancePlace, template: string): string =>
    quotePosix(fillArgv([template], {...place})[0] ?? '')
  const obstacles = () => missingProgram('instances.ssh', ['ssh'], tools.directory)
  const {artefact} = spec
  return {
    timeoutMs: spec.timeout,
    start(place, version) {
      const [line = ''] = fillArgv(['VERSION={version}'], {version})
      const file = filled(place, spec.versionFile)
      // Whole or not at all: a unit that restarts by itself meanwhile reads the old version or the new one.
      const write = `printf '%s\\n' ${quotePosix(line)} | ${sudo}tee ${file}.new >/dev/null && ${sudo}mv -f ${file}.new ${file}`
      return programAction(at(place, `${write} && ${systemctl} restart ${filled(place, spec.unit)}`), tools)
    },
    stop: place => programAction(at(place, `${systemctl} stop ${filled(place, spec.unit)}`), tools),
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
    logs: programLogs(
      place => at(place, `${sudo}journalctl --no-pager -o cat -n ${LOG_LINES} -u ${filled(place, spec.unit)}`),
      {...tools, obstacles},
    ),
    obstacles,
  }
}
