import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {ada, openRunBench, request, RUN, started} from '../../test/runs/run-bench.ts'
import {JOURNAL_ACCEPTED} from '../audit/anchor.ts'
import {compareJournal, requestDigest} from '../runs/compare-journal.ts'
import {REQUESTED} from '../runs/journal-check.ts'
import {bootId} from '../processes/identity.ts'
import {record, recordEvent} from '../runbooks/into-trail.ts'
import {recordStep} from '../runbooks/record.ts'
import {encodeRecord, readLog} from './append-log.ts'
import {checkJournals} from './verify-journals.ts'

/** A run as its runner records it, over two steps or until it dies within the second. */
function recorded({dies = false, boot = bootId()} = {}) {
  const {runs, audit, context} = openRunBench()
  audit.append({
    action: REQUESTED,
    phase: 'decision',
    target: 'two',
    environment: 'dev',
    run: RUN,
    detail: {request: requestDigest(request)},
  })
  const stored = runs.create(request)
  const journal = stored.openJournal(text => text)
  const tools = {audit, journal, request}
  const first = {...started(), process: {pid: 4_194_304, startTicks: 1, bootId: boot}} as ReturnType<typeof started>
  recordEvent(tools, {action: 'run started', phase: 'intent', target: 'two', detail: {dryRun: false}}, first)
  let command = 0
  const output = {line: () => {}, progress: () => {}, spoolDir: ''}
  for (const step of ['one', 'two']) {
    record(tools, {action: 'step', phase: 'intent', target: step, step})
    journal.append({type: 'step-started', step, attempt: 1, key: `${RUN}/${step}`, phase: 'run'})
    const redact = (text: string): string => text
    const nextCommand = (): number => (command += 1)
    const steps = recordStep({journal, audit, output, redact, run: RUN, environment: 'dev', nextCommand}, step, [])
    const number = steps.intend(`echo ${step}`, false)
    steps.started(number, {pid: 7, startTicks: 7, bootId: bootId()})
    steps.ended(number, {exitCode: 0, signal: null, durationMs: 1, error: ''})
    if (dies && step === 'two') {
      steps.started(steps.intend('echo more', false), {pid: 8, startTicks: 8, bootId: bootId()})
      break
    }
    recordEvent(
      tools,
      {action: 'saved', phase: 'outcome', target: step, step},
      {type: 'saved', step, key: step, value: step},
    )
    recordEvent(
      tools,
      {action: 'step', phase: 'outcome', target: step, step, outcome: 'done'},
      {type: 'step-finished', step, phase: 'run', outcome: 'done', reason: '', durationMs: 2},
      {noted: true},
    )
  }
  if (!dies)
    recordEvent(
      tools,
      {action: 'run ended', phase: 'outcome', target: 'two', outcome: 'done'},
      {type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 9, afterwards: []},
    )
  journal.close()
  const file = path.join(context.stateDir, 'runs', RUN, 'journal')
  const payloads = readLog(file).records.map(each => each.payload)
  /** Writes the journal anew, with good checksums, and compares. */
  const compared = (changed: readonly string[]) => {
    writeFileSync(file, Buffer.concat(changed.map(encodeRecord)))
    return compareJournal(stored, audit)
  }
  return {compared, payloads, stored, audit, directory: path.dirname(file)}
}

const edited = (payload: string): string => payload.replace(/"at":\d+/, '"at":12')
const named = ({differences}: ReturnType<typeof compareJournal>) =>
  differences.map(({record, detail}) => `${record} ${detail}`)

describe('the journal of an ended run', () => {
  const count = 14
  const every = Array.from({length: count}, (_, index) => index)

  test('that nobody touched is as recorded', () => {
    const {compared, payloads} = recorded()
    expect(payloads).toHaveLength(count)
    expect(compared(payloads)).toMatchObject({state: 'as recorded', differences: [], unanchored: 0})
  })

  test('names every record that was edited, with what it says and what the trail says', () => {
    const {compared, payloads} = recorded()
    for (const index of every) {
      const [first, ...more] = named(compared(payloads.with(index, edited(payloads[index] as string))))
      expect(first).toMatch(
        new RegExp(`^${index + 1} record ${index + 1} was edited: it says [a-z-]+.*record \\d+ of the trail`),
      )
      expect(more).toEqual([])
    }
  })

  test('names every record that was taken away', () => {
    const {compared, payloads} = recorded()
    for (const index of every.slice(0, -1))
      expect(named(compared(payloads.toSpliced(index, 1)))[0]).toMatch(new RegExp(`^${index + 1} .*was taken away`))
  })

  test('names every record that was put in', () => {
    const {compared, payloads} = recorded()
    for (const index of every)
      expect(named(compared(payloads.toSpliced(index, 0, edited(payloads[index] as string))))[0]).toMatch(
        new RegExp(`^${index + 1} .*was added: it says`),
      )
  })

  test('names every two that changed places', () => {
    const {compared, payloads} = recorded()
    for (const index of every.slice(0, -1)) {
      const [a, b] = [payloads[index] as string, payloads[index + 1] as string]
      expect(named(compared(payloads.with(index, b).with(index + 1, a)))[0]).toMatch(
        new RegExp(`^${index + 1} .*changed places`),
      )
    }
  })

  test('names where it was cut off, but for an end that was never written', () => {
    const {compared, payloads} = recorded()
    for (const index of every.slice(0, -1))
      expect(named(compared(payloads.slice(0, index)))[0]).toMatch(new RegExp(`^${index + 1} .*is missing`))
    expect(compared(payloads.slice(0, -1)).state).toBe('as recorded')
  })

  test('names what was appended', () => {
    const {compared, payloads} = recorded()
    for (const payload of payloads)
      expect(named(compared([...payloads, payload]))[0]).toMatch(/^15 record 15 is .*the trail knows nothing/)
  })
})

describe('the journal of a run whose runner died', () => {
  test('is as recorded, up to what the trail does not hear of one by one', () => {
    const {compared, payloads} = recorded({dies: true})
    expect(compared(payloads)).toMatchObject({state: 'as recorded', unanchored: 2})
  })

  test('claims no step done, no value saved and no command run that the trail does not know', () => {
    const {compared, payloads} = recorded({dies: true})
    const seq = payloads.length + 1
    const base = {v: 1, seq, at: 1, run: RUN}
    for (const event of [
      {...base, type: 'step-finished', step: 'two', phase: 'run', outcome: 'done', reason: '', durationMs: 1},
      {...base, type: 'saved', step: 'two', key: 'a', value: 1},
      {...base, type: 'step-started', step: 'three', attempt: 1, key: 'k', phase: 'run'},
      {...base, type: 'command-started', step: 'two', command: 4, text: 'true', dryRun: false},
      {...base, type: 'step-settled', step: 'two', choice: 'done', reason: '', by: request.actor},
      {...base, type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 1, afterwards: []},
    ])
      expect(named(compared([...payloads, JSON.stringify(event)]))[0]).toContain('of which the trail knows nothing')
    const ended = {...base, type: 'command-finished', step: 'two', command: 3, exitCode: 0, signal: null, durationMs: 1}
    expect(compared([...payloads, JSON.stringify(ended)]).state).toBe('as recorded')
  })

  test('is accepted as it is by a person, and from then on compared again', () => {
    const {compared, payloads, stored, audit} = recorded({dies: true})
    const changed = payloads.with(4, edited(payloads[4] as string))
    expect(compared(changed).state).toBe('different')
    const journal = stored.openJournal(text => text)
    record({audit, journal, request}, {action: JOURNAL_ACCEPTED, phase: 'decision', target: 'two', reason: 'seen'})
    journal.close()
    expect(compared(changed).state).toBe('as recorded')
    expect(compared(payloads)).toMatchObject({differences: [{record: 5}]})
  })

  test('may lack what was not on disk when the machine failed, and nothing before', () => {
    const {compared, payloads} = recorded({dies: true, boot: 'another'})
    const anchored = payloads.length - 2
    expect(compared(payloads.slice(0, anchored - 3))).toMatchObject({state: 'as recorded', lost: 3})
    expect(compared(payloads.slice(0, anchored - 4))).toMatchObject({state: 'different', differences: [{record: 8}]})
    const here = recorded({dies: true})
    expect(here.compared(here.payloads.slice(0, anchored - 3)).state).toBe('different')
  })
})

test('what was asked for is compared too', () => {
  const {compared, payloads, directory} = recorded({dies: true})
  const file = path.join(directory, 'request.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"dryRun": false', '"dryRun": true'))
  expect(named(compared(payloads))[0]).toContain('what was asked for is not what is in request.json now')
})

test('a run of a version without digests is said to be so', () => {
  const {stored, audit, payloads, compared} = recorded()
  const old = {list: () => audit.records.map(({journal: _journal, ...rest}) => ({...rest, detail: {}}))}
  expect(compareJournal(stored, old).state).toBe('no digests')
  expect(compareJournal(stored, {list: () => []}).differences[0]?.detail).toBe('the trail has no record of this run')
  expect(compared(payloads).state).toBe('as recorded')
})

describe('a run whose runner died between telling the trail of its end and its journal, and that was resumed', () => {
  function resumedAfterItsEnd() {
    const {payloads, stored, audit, directory} = recorded()
    const file = path.join(directory, 'journal')
    writeFileSync(file, Buffer.concat(payloads.slice(0, -1).map(encodeRecord)))
    const journal = stored.openJournal(text => text)
    const tools = {audit, journal, request}
    recordEvent(
      tools,
      {action: 'run resumed', phase: 'intent', target: 'two'},
      {type: 'run-resumed', actor: ada, reason: '', process: {pid: 7, startTicks: 7, bootId: bootId()}},
    )
    recordEvent(
      tools,
      {action: 'run ended', phase: 'outcome', target: 'two', outcome: 'done'},
      {type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 9, afterwards: []},
    )
    journal.close()
    const verified = () => {
      const check = checkJournals(() => stored, audit)
      for (const each of audit.list({})) check.take(each)
      return check.end()
    }
    return {verified, file, kept: payloads.length - 1}
  }

  test('is as recorded', () => {
    expect(resumedAfterItsEnd().verified()).toEqual({
      breaks: [],
      journals: {asRecorded: 1, withoutDigests: 0, gone: []},
    })
  })

  test('is different when what came with the resumption is taken away', () => {
    const {verified, file, kept} = resumedAfterItsEnd()
    const payloads = readLog(file).records.map(each => each.payload)
    writeFileSync(file, Buffer.concat(payloads.slice(0, kept).map(encodeRecord)))
    expect(verified().breaks).toHaveLength(1)
  })
})
