import {LIGHT} from './render.ts'
import type {Dress, InConsole} from './stage.ts'

const SMALL = {columns: 80, rows: 24} as const
const LARGE = {columns: 120, rows: 40} as const
const LOOKS: readonly (readonly [name: string, size: typeof SMALL | typeof LARGE, dressed: Dress])[] = [
  ['light', LARGE, {env: {COLORFGBG: '0;15'}, look: LIGHT}],
  ['light-16', SMALL, {env: {COLORFGBG: '0;15', TERM: 'xterm'}, look: LIGHT}],
  ['ascii', SMALL, {args: ['--ascii']}],
  ['colour-blind', SMALL, {args: ['--theme', 'colour-blind']}],
]

/** The main screens as other terminals show them, with something on fire. */
export async function takeLooks(inConsole: InConsole): Promise<void> {
  for (const [name, size, dressed] of LOOKS)
    await inConsole(
      size,
      async (seen, shoot) => {
        await seen.see(/\d critical/)
        await shoot(`look-${name}-incident`)
        seen.press('2')
        await seen.see('SEVERITY')
        await shoot(`look-${name}-alerts`)
        seen.press('!')
        await seen.see('would change')
        await shoot(`look-${name}-plan`)
      },
      dressed,
    )
  await inConsole({columns: 200, rows: 60}, async (seen, shoot) => {
    await seen.see(/\d critical/)
    await shoot('look-wide-incident')
    seen.press('1')
    await seen.see('REASON')
    await shoot('look-wide-services')
  })
}
