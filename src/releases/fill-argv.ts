import {OpsError} from '../errors.ts'

/** First a letter or digit, so that no value can be read as an option; image references fit, blanks do not. */
const VALUE = /^[A-Za-z0-9][A-Za-z0-9._+@:/-]{0,199}$/
const PLACEHOLDER = /\{([a-z]+)\}/g

/** The argument vector with {slot}, {instance} and {version} filled in. A value is never split, and never an option. */
export function fillArgv(template: readonly string[], values: Readonly<Record<string, string>>): readonly string[] {
  return template.map(word =>
    word.replaceAll(PLACEHOLDER, (_placeholder, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined)
        throw new OpsError(
          'config/invalid',
          `the command ${template.join(' ')} has a placeholder {${name}} that nothing fills`,
          {
            hint: `Known placeholders here: ${Object.keys(values).join(', ')}.`,
          },
        )
      if (!VALUE.test(value))
        throw new OpsError(
          'release/unknown',
          `${JSON.stringify(value)} cannot be a ${name}: letters, digits and . _ + @ : / - only, beginning with a letter or digit`,
        )
      return value
    }),
  )
}
