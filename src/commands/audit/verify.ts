import type {Verification} from '../../audit/chain.ts'
import {EXIT} from '../../errors.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'audit verify',
  summary: 'Verify the audit trail: every record whole, in order and linked to the one before it',
  help: 'A chain proves that nothing in the middle was changed by accident or by somebody who could not rewrite the rest. It cannot prove that the whole file was not replaced: keep the head somewhere else and compare.',
  arguments: [{name: 'file', required: false, description: 'A log file; the own trail when left out'}],
  run: async ({args}, context) => {
    const found = context.verifyAudit(args[0])
    return {
      data: found,
      text: verificationText(found),
      exitCode: found.verdict === 'VERIFIED' ? EXIT.done : EXIT.failed,
    }
  },
}

function verificationText(found: Verification): string {
  const time = (at: number | undefined): string => (at === undefined ? '–' : new Date(at).toISOString())
  return [
    found.verdict,
    `  records  ${found.records}, ${found.size} bytes`,
    `  first    ${time(found.firstAt)}`,
    `  last     ${time(found.lastAt)}`,
    `  head     ${found.head}`,
    ...found.breaks.map(each => `  BREAK    record ${each.seq} at byte ${each.offset}: ${each.kind}, ${each.detail}`),
  ].join('\n')
}
