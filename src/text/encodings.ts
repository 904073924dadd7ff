import {jsonForms, percentForms, shellForms, xmlForms} from './escaped-forms.ts'

/** The forms in which a secret may come out of a tool, after the list that CI runners mask. None holds a newline. */
export function encodingsOf(value: string): readonly string[] {
  const forms = new Set<string>()
  for (const whole of [value, value.trim()]) {
    if (whole === '') continue
    const bytes = Buffer.from(whole, 'utf8')
    forms.add(bytes.toString('hex'))
    forms.add(bytes.toString('hex').toUpperCase())
    for (const form of [...jsonForms(whole), ...percentForms(whole), ...xmlForms(whole), ...shellForms(whole)])
      forms.add(form)
    for (const form of base64Forms(bytes)) forms.add(form)
  }
  // A multi-line secret, such as a key in PEM form, is known line by line.
  for (const line of value.split(/\r?\n/)) forms.add(line.trim())
  return [...forms].filter(form => !/[\r\n]/.test(form))
}

/** Base64 of the value as it would stand inside a longer text, at each of the three alignments. */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms: string[] = []
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes])
    const encoded = padded.toString('base64').replace(/=+$/, '')
    const start = shift === 0 ? 0 : shift + 1
    const end = padded.length % 3 === 0 ? encoded.length : encoded.length - 1
    const inner = encoded.slice(start, end)
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms
}
