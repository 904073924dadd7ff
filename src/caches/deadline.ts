/** A server that is stopped, not gone, never answers: every single command has a deadline. */
export function withDeadline<T>(reply: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    reply.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
