import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'

test('many consoles may open a new state directory at the same moment', async () => {
  const module = new URL('open.ts', import.meta.url).href
  for (let round = 0; round < 3; round += 1) {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-open-'))
    const script = `const {openStore} = await import('${module}')
      process.stdin.once('data', () => {
        try { openStore(${JSON.stringify(dir)}); console.log('open') } catch (error) { console.log(error.message) }
        process.exit()
      })
      console.log('ready')`
    const said = await Promise.all(
      Array.from({length: 4}, async () => {
        const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script])
        let text = ''
        for await (const chunk of child.stdout) {
          text += String(chunk)
          if (text === 'ready\n') child.stdin.write('go')
        }
        return text
      }),
    )
    expect(said).toEqual(Array(4).fill('ready\nopen\n'))
    rmSync(dir, {recursive: true, force: true})
  }
})
