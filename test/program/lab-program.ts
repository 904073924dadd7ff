import {expect} from 'vitest'
import {readFileSync, writeFileSync} from 'node:fs'
import {type LabOptions, startLab, type RunningLab} from '../servers/lab.ts'
import {verifyAuditFile} from '../../src/store/verify-trail.ts'
import {createProgram, type Ended, type Program} from './program.ts'
import {randomFrom} from './random.ts'
import {countOf, isFull, seedOr} from '../reliability/sample.ts'

/** A lab, and the program with a state directory of its own that knows the lab by its configuration alone. */
export interface LabProgram {
  readonly lab: RunningLab
  readonly program: Program
  /** A runbook unattended, confirmed for the lab. */
  unattended(runbook: string, ...args: readonly string[]): Promise<Ended>
  stop(): Promise<void>
}

export async function startLabProgram(options: LabOptions = {}): Promise<LabProgram> {
  const lab = await startLab(options)
  const program = createProgram({env: {OPSCONSOLE_CONFIG: lab.configFile}})
  return {
    lab,
    program,
    unattended: (runbook, ...args) => program.run('run', runbook, '--yes', '--confirm', 'lab', ...args),
    stop: async () => {
      await lab.stop()
      program.remove()
    },
  }
}

const FULL = isFull('T2 flips')
const SEED = seedOr(1)
const COUNT = countOf('T2 flips')
/** How many flipped bytes a flow tries on its trail. */
export const FLIPS = FULL ? 'every byte' : `${COUNT} bytes, seed ${SEED}`

/** The trail verifies, and any one flipped byte of it is found and its record named. */
export async function expectSoundTrail(program: Program): Promise<void> {
  const {code, stdout} = await program.run('audit', 'verify', '--json')
  expect({code, verdict: JSON.parse(stdout)}).toMatchObject({code: 0, verdict: {verdict: 'VERIFIED', breaks: []}})
  const trail = readFileSync(`${program.stateDir}/audit/log`)
  const copy = `${program.dir}/flipped`
  const random = randomFrom(SEED)
  const count = FULL ? trail.length : COUNT
  for (let index = 0; index < count; index += 1) {
    const at = FULL ? index : Math.floor(random() * trail.length)
    const flipped = Buffer.from(trail)
    flipped[at] = (flipped[at] as number) ^ (1 + Math.floor(random() * 255))
    writeFileSync(copy, flipped)
    const record = trail.subarray(0, at).filter(byte => byte === 0x0a).length + 1
    const found = verifyAuditFile(copy)
    expect({at, sound: found.verdict === 'VERIFIED', record: found.breaks[0]?.seq}).toEqual({at, sound: false, record})
  }
  // Once more as a person sees it.
  const told = await program.run('audit', 'verify', copy)
  expect(told).toMatchObject({code: 1, stdout: expect.stringContaining('BREAK') as string})
}
