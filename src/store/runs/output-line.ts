import type {OutputLine} from '../../runbooks/events.ts'

/** A line of the output file. What is no line of ours, as the part that a killed runner left, is shown as it is. */
export function parseOutputLine(text: string): OutputLine {
  try {
    return JSON.parse(text) as OutputLine
  } catch {
    return {step: '', stream: 'out', text}
  }
}
