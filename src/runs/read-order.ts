/** Values of secret parameters, from whoever started this runner; undefined when it is not wanted. */
export async function readOrder(): Promise<Record<string, string> | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as Record<string, string>)
}
