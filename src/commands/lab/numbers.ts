import {OpsError} from '../../errors.ts'
import {parseDuration} from '../../units/duration.ts'
import type {CommandInput} from '../command.ts'

/** A number of a flag within its limits; undefined when the flag is not given. Raises `usage/arguments`. */
export function numberFlag(input: CommandInput, name: string, most: number): number | undefined {
  const text = input.flags[name]
  if (typeof text !== 'string') return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= 0 && value <= most) return value
  throw new OpsError('usage/arguments', `--${name} should be a number of 0 to ${most}, got ${JSON.stringify(text)}`)
}

/** `2%` or `0.02`. */
export function shareFlag(input: CommandInput, name: string): number | undefined {
  const text = input.flags[name]
  if (typeof text !== 'string') return undefined
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new OpsError('usage/arguments', `--${name} should be a share such as 2% or 0.02, got ${JSON.stringify(text)}`)
}

/** Milliseconds, written `2000` or `2s`. */
export function millisecondsFlag(input: CommandInput, name: string, most: number): number | undefined {
  const text = input.flags[name]
  if (typeof text !== 'string') return undefined
  const value = /^\d+$/.test(text) ? Number(text) : parseDuration(text)
  if (value !== undefined && value <= most) return value
  throw new OpsError('usage/arguments', `--${name} should be milliseconds or a duration, got ${JSON.stringify(text)}`)
}
