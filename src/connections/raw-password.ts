/** What stands between user and host of an address, as it was written: to the last `@`, whatever a parser makes of it. */
export function rawPassword(value: string): string | undefined {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(value.trim())?.[1]
  const end = rest?.lastIndexOf('@') ?? -1
  const user = rest?.slice(0, Math.max(end, 0)) ?? ''
  const colon = user.search(/[:/]/)
  return colon >= 0 && user[colon] === ':' && user.length > colon + 1 ? user.slice(colon + 1) : undefined
}

/**
 * Whether a parser takes part of the password for a host, a port or a path, because `#`, `/` or `?` in it were not
 * percent-encoded. Addresses of the web may have an `@` in their path.
 */
export function needsEncoding(value: string, password: string | undefined): boolean {
  return !password && !/^https?:/i.test(value.trim()) && /[#/?]/.test(rawPassword(value) ?? '')
}
