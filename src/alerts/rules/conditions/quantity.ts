import {z} from 'zod'
import {showValue} from '../../../config/fields.ts'
import {parseBytes} from '../../../units/bytes.ts'
import {parseDuration} from '../../../units/duration.ts'

/** A number as a person writes it: `95`, `80%`, `800ms`, `2gb`. Milliseconds, bytes and shares of 0..1 after parsing. */
export const quantity = (meaning: string) =>
  z
    .union([z.number(), z.string()], {error: issue => wrong(issue.input)})
    .transform((value, context) => {
      const number = typeof value === 'number' ? value : parseQuantity(value)
      if (number === undefined) {
        context.addIssue({code: 'custom', message: wrong(value)})
        return z.NEVER
      }
      return number
    })
    .meta({description: meaning, shape: 'number'})

function parseQuantity(text: string): number | undefined {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  return percent ? Number(percent[1]) / 100 : (parseDuration(text) ?? parseBytes(text))
}

const wrong = (value: unknown): string => `should be a number such as 95, 80%, 800ms or 2gb, got ${showValue(value)}`
