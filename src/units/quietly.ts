/** What cannot be read is shown as not there, such as a run that was removed or damaged. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
