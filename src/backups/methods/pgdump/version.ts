import {startTool} from '../../../processes/tool.ts'
import {escapeLine} from '../../../text/escape.ts'

/** `15.13` of `pg_dump (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`; `unknown` when it says something else. */
export async function toolVersion(program: string, signal: AbortSignal): Promise<string> {
  const tool = startTool([program, '--version'], {stdin: 'none', stdout: 'pipe', signal})
  let text = ''
  tool.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(0, 500)
  })
  await tool.ended
  return escapeLine(/\d+(?:\.\d+)*\S*/.exec(text)?.[0] ?? 'unknown', 60)
}
