/** `release=web version=2.4.1`: the parameters of a run, as they are given at the command line. */
export const paramText = (params: Readonly<Record<string, unknown>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
