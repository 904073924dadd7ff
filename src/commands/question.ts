/** One line from the terminal; undefined at its end or when the signal says stop. */
export async function question(text: string, signal: AbortSignal): Promise<string | undefined> {
  const readline = process.getBuiltinModule('node:readline/promises')
  const prompt = readline.createInterface({input: process.stdin, output: process.stdout})
  const closed = new AbortController()
  prompt.once('close', () => closed.abort())
  // While it reads, the terminal sends no signal for Ctrl-C. It means here what it means everywhere else.
  prompt.once('SIGINT', () => {
    prompt.close()
    process.kill(process.pid, 'SIGINT')
  })
  try {
    return await prompt.question(text, {signal: AbortSignal.any([signal, closed.signal])})
  } catch {
    return undefined
  } finally {
    prompt.close()
  }
}
