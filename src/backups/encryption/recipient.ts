/** The recipient that belongs to an age identity; undefined when it is not one. */
export async function recipientOf(identity: string): Promise<string | undefined> {
  const {identityToRecipient} = await import('age-encryption')
  return identityToRecipient(identity).catch(() => undefined)
}
