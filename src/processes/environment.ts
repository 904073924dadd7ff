import {isDangerous} from './dangerous-variables.ts'

/** The operator's environment as a child may have it. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !isDangerous(name)) clean[name] = value
  return {...clean, ...extra}
}

/** Of the dangerous ones, what another process of this program has as well: else it would trust other certificates. */
export const ownVariables = ({
  NODE_EXTRA_CA_CERTS: authorities,
}: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  authorities === undefined ? {} : {NODE_EXTRA_CA_CERTS: authorities}

/** Node checks no certificate with it, whatever a connection asks for. */
export const certificatesUnchecked = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
