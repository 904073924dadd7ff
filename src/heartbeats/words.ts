import {formatDuration} from '../units/duration.ts'
import type {PlacedHeartbeat} from './config.ts'

/** `every 1d`, `30 2 * * * UTC` */
export const timesWords = ({cron, every, zone}: Pick<PlacedHeartbeat, 'cron' | 'every' | 'zone'>): string =>
  cron === undefined ? `every ${formatDuration(every ?? 0)}` : `${cron} ${zone}`
