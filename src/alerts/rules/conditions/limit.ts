import {z} from 'zod'
import {once} from '../../../units/once.ts'
import type {AlertTarget} from '../../alert-target.ts'
import {measuredNow} from './measured.ts'

/** A limit that is a share of another measurement. */
export const limitFields = once(() => ({
  of: z.string().min(1).optional().describe('The limit is so much of this measurement, such as maxConnections'),
  otherwise: z.number().optional().describe('The limit where that measurement is not there'),
}))

/** The limit in the measurement's own unit; undefined: what it is a share of is not known. */
export function limitOf(
  target: AlertTarget,
  written: number,
  {of, otherwise}: {readonly of?: string | undefined; readonly otherwise?: number | undefined},
): number | undefined {
  if (of === undefined) return written
  const whole = measuredNow(target, of)
  return whole === undefined ? otherwise : whole * written
}
