/** What a console tells the command that starts a run for it, beside plan and parameters. */
export const startFlags = (said: {
  readonly typed: string | undefined
  readonly dryRun: boolean
  readonly overrideFreeze: string | undefined
}): readonly string[] => [
  ...(said.typed === undefined ? [] : ['--confirm', said.typed]),
  ...(said.dryRun ? ['--dry-run'] : []),
  ...(said.overrideFreeze === undefined ? [] : ['--override-freeze', said.overrideFreeze]),
]
