import type {Verification} from '../../audit/chain.ts'
import {EXIT, OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'audit verify',
  summary: 'Verify the audit trail: every record whole, in order and linked to the one before it',
  help: 'A chain proves that nothing in the middle was changed by accident or by somebody who could not rewrite the rest. It cannot prove that the whole file was not replaced, or its end cut off: keep the head somewhere else and give it with --head. Exit code 0 when everything verifies, 10 when the trail is missing although there are runs, is a link or belongs to somebody else, 1 otherwise.',
  inOneGo: true,
  arguments: [
    {name: 'file', required: false, completes: 'file', description: 'A log file; the own trail when left out'},
  ],
  flags: {
    head: {
      type: 'string',
      value: 'HASH',
      description: 'A head that was kept somewhere else: it must be the hash of one of the records',
    },
  },
  run: async ({args, flags}, context) => {
    const head = readHead(flags['head'])
    const found = context.verifyAudit(args[0], head)
    return {data: found, text: verificationText(found), exitCode: exitOf(found)}
  },
}

function readHead(given: unknown): string | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'string' && /^[0-9a-f]{64}$/.test(given)) return given
  throw new OpsError('usage/arguments', `--head should be the 64 hex digits of a head, got ${JSON.stringify(given)}`)
}

function exitOf({verdict, unaccepted}: Verification): number {
  if (verdict === 'VERIFIED') return EXIT.done
  return verdict === 'CANNOT VERIFY' && unaccepted > 0 ? EXIT.untrusted : EXIT.failed
}

function verificationText(found: Verification): string {
  const time = (at: number | undefined): string => (at === undefined ? '–' : new Date(at).toISOString())
  return [
    found.verdict,
    `  records  ${found.records}, ${found.size} bytes${found.segments > 1 ? ` in ${found.segments} files` : ''}`,
    `  first    ${time(found.firstAt)}`,
    `  last     ${time(found.lastAt)}`,
    `  head     ${found.head}`,
    ...journalsText(found.journals),
    ...(found.headIs === undefined ? [] : [`  kept     the head that was kept is record ${found.headIs}`]),
    ...found.breaks.map(each => `  BREAK    ${placeOf(each)}${each.detail}`),
    ...(found.moreBreaks > 0 ? [`  BREAK    and ${found.moreBreaks} more`] : []),
    ...(found.breaks.length > 0 && found.unaccepted === 0 && found.records > 0
      ? ['  A person has accepted this since; see `opsconsole audit list --action "broken trail accepted"`.']
      : []),
  ].join('\n')
}

function journalsText(journals: Verification['journals']): readonly string[] {
  if (!journals) return []
  const {asRecorded, withoutDigests, gone} = journals
  const old = withoutDigests > 0 ? `, ${withoutDigests} of versions that kept no digests in the trail` : ''
  const away =
    gone.length > 0 ? `, ${gone.length} gone: ${gone.slice(0, 5).join(', ')}${gone.length > 5 ? '…' : ''}` : ''
  return [`  journals ${asRecorded} as recorded${old}${away}`]
}

const placeOf = ({seq, offset, kind, file}: Verification['breaks'][number]): string =>
  seq === 0 ? '' : `record ${seq} at byte ${offset}${file === undefined ? '' : ` of ${file}`}: ${kind}, `
