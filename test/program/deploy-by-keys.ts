import type {TerminalProgram} from './terminal.ts'

/** The shipped deploy in the lab with the keys that a person presses: from the overview until its question is answered. */
export async function deployByKeys(
  console: TerminalProgram,
  {version, watch}: {readonly version: string; readonly watch: string},
): Promise<void> {
  await console.see('Services')
  console.press('r')
  await console.see('type to find')
  console.type('deploy')
  console.press('enter')
  await console.see('Show the plan')
  console.type(version)
  console.press('enter', 'enter')
  console.type(watch)
  // Past the restore point, which is as configured.
  console.press('enter', 'enter', 'enter')
  await console.question('Plan: deploy')
  console.press('s')
  await console.question('Start deploy?')
  console.type('lab')
  console.press('enter')
  await console.question('The run asks')
  console.press('y', 'enter')
}
