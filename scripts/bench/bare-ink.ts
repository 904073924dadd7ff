import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {buildSync} from 'esbuild'

const SOURCE = `import {Box, Text, render, useInput} from 'ink'
import {createElement as h, useEffect, useState} from 'react'
const App = () => {
  const [tick, setTick] = useState(0)
  const [row, setRow] = useState(0)
  useEffect(() => { const timer = setInterval(() => setTick(each => each + 1), 1000); return () => clearInterval(timer) }, [])
  useInput((input, key) => { if (key.downArrow) setRow(each => each + 1); if (key.upArrow) setRow(each => each - 1); if (input === 'q') process.exit() })
  const table = Array.from({length: 20}, (_, index) => h(Text, {key: index, inverse: index === row % 20}, 'row ' + index + '  ' + ((index * 7919 + tick) % 997) + ' ms'))
  const pane = index => h(Box, {key: index, borderStyle: 'round', flexGrow: 1}, h(Text, null, 'pane ' + index + ' ' + tick))
  return h(Box, {flexDirection: 'column', width: process.stdout.columns, height: process.stdout.rows}, h(Box, {borderStyle: 'round', flexDirection: 'column'}, ...table), h(Box, null, ...[1, 2, 3, 4, 5, 6].map(pane)))
}
render(h(App), {alternateScreen: true, incrementalRendering: true, exitOnCtrlC: false})
`

/** The least that a console in Ink would be: what its own output stage costs. */
export function bareInk(dir: string, root: string) {
  const file = path.join(dir, 'bare-ink.mjs')
  // Ink loads them only when it is debugged; they are not installed.
  const noDevtools = path.join(dir, 'no-devtools.mjs')
  writeFileSync(noDevtools, 'export default {connectToDevTools() {}}')
  const {outputFiles} = buildSync({
    stdin: {contents: SOURCE, resolveDir: root},
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    alias: {'react-devtools-core': noDevtools},
    banner: {js: "import {createRequire} from 'node:module';const require=createRequire(import.meta.url);"},
  })
  writeFileSync(file, outputFiles[0]?.text ?? '')
  return {name: 'bare Ink', argv: [process.execPath, file] as const, complete: /pane 6/}
}
