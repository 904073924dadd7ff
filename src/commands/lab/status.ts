import type {LabStatus} from '../../lab/status.ts'
import {formatAge} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {directoryFlag, labDirectory} from './directory.ts'

export const command: Command = {
  name: 'lab status',
  summary: 'Show every part of the lab, and how to connect to it',
  flags: {...directoryFlag},
  run: async (input, context) => {
    const {labStatus} = await import('../../lab/status.ts')
    const status = await labStatus(labDirectory(input, context))
    const broken = status.parts.some(part => part.state === 'down' || part.state === 'hung')
    return {data: status, text: statusText(status, context.clock.now()), exitCode: broken ? 1 : 0}
  },
}

export function statusText(status: LabStatus, now: number): string {
  const rows = status.parts.map(part => [
    part.name,
    part.state,
    String(part.port),
    part.pid === undefined ? '–' : String(part.pid),
    part.account,
    part.version ?? '',
    part.connect,
  ])
  const table = [['PART', 'STATE', 'PORT', 'PID', 'ACCOUNT', 'VERSION', 'CONNECT'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0))) ?? []
  const lines = table.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [
    ...lines,
    '',
    `started        ${formatAge(status.createdAt, now)}`,
    `configuration  ${status.configuration}`,
    `logs           ${status.dir}/log`,
    ...status.faults.map(fault => `fault          ${fault.fault}, ${formatAge(fault.since, now)}`),
    ...status.notes,
  ].join('\n')
}
