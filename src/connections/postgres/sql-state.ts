/** The SQLSTATE of what a server answered; undefined when the error is none of a server. Needs no driver loaded. */
export function sqlState(error: unknown): string | undefined {
  const {severity, code} = (error ?? {}) as {readonly severity?: unknown; readonly code?: unknown}
  return typeof severity === 'string' && typeof code === 'string' ? code : undefined
}
