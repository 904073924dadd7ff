import {render} from 'ink-testing-library'
import {createElement} from 'react'
import {PlainConsole} from '../../src/tui/plain/PlainConsole.tsx'
import {openSession} from '../../src/tui/plain/session.ts'
import {FakePort} from './fake-port.ts'

const DEADLINE_MS = 20_000

/** The plain console over the real reducer, rendered by Ink; lines go in as keys, and what was said is read. */
export interface PlainDriver {
  readonly port: FakePort
  readonly alarms: readonly string[]
  /** Types a line and Enter. */
  line(text: string): Promise<void>
  /** Waits until it was said after what was waited for before. */
  hear(wanted: string | RegExp): Promise<string>
  /** Everything that was said. */
  readonly said: () => string
  readonly prompt: () => string
  /** The world as it is now is read, and what changed is said. */
  readonly read: () => void
  readonly quits: () => number
  wait(ms: number): void
  close(): void
}

export function openPlain(port = new FakePort()): PlainDriver {
  let clock = 1_000_000
  let quits = 0
  const alarms: string[] = []
  const session = openSession(port, {
    monotonic: () => clock,
    write: () => {},
    tmux: undefined,
    quit: () => (quits += 1),
    suspended: async work => work(),
    alarm: text => alarms.push(text),
  })
  const app = render(
    createElement(PlainConsole, {
      voice: session.voice,
      onKey: session.key,
      onPaste: session.paste,
      onTerminal: () => {},
    }),
  )
  const unsubscribe = port.subscribe(session.read)
  const lines: string[] = []
  let batch = {id: -1, length: 0}
  const note = (): void => {
    const {id, lines: now} = session.voice.view().batch
    lines.push(...now.slice(id === batch.id ? batch.length : 0))
    batch = {id, length: now.length}
  }
  note()
  const unsubscribeVoice = session.voice.subscribe(note)
  /** Whether Ink has written it: its frames are wrapped at words. */
  const written = (line: string): boolean =>
    app.frames.some(frame => frame.replaceAll(/\s+/g, ' ').includes(line.replaceAll(/\s+/g, ' ')))
  let heard = 0
  const until = async (what: string, ready: () => boolean): Promise<void> => {
    for (const end = Date.now() + DEADLINE_MS; !ready(); await new Promise(resolve => setTimeout(resolve, 2)))
      if (Date.now() > end) throw new Error(`waited for ${what}; said was:\n${lines.join('\n')}`)
  }
  return {
    port,
    alarms,
    async line(text) {
      clock += 1000
      if (text !== '') app.stdin.write(text)
      await until(`${text} to be typed`, () => session.voice.view().typed.text === text)
      const [before, asked] = [session.voice.count(), session.voice.view().prompt.text]
      app.stdin.write('\r')
      await until(
        'an answer',
        () =>
          session.voice.view().typed.text === '' &&
          (session.voice.count() > before || session.voice.view().prompt.text !== asked),
      )
      session.read()
    },
    async hear(wanted) {
      const find = (): number =>
        lines.findIndex(
          (line, index) => index >= heard && (typeof wanted === 'string' ? line.includes(wanted) : wanted.test(line)),
        )
      await until(String(wanted), () => find() >= 0 && written(lines[find()] ?? ''))
      heard = find() + 1
      return lines[heard - 1] ?? ''
    },
    said: () => lines.join('\n'),
    prompt: () => session.voice.view().prompt.text,
    read: session.read,
    quits: () => quits,
    wait: ms => {
      clock += ms
    },
    close() {
      unsubscribe()
      unsubscribeVoice()
      session.stop()
      app.unmount()
      app.cleanup()
    },
  }
}
