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
    const wide = Buffer.from(whole, 'utf16le')
    for (const form of [...base64Forms(bytes), ...base64Forms(wide), ...wrapped(bytes), ...base32Forms(bytes)])
      forms.add(form)
    // UTF-16 that was taken for a text of single bytes.
    forms.add(Array.from(whole).join('\0'))
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

/** As `base64` and OpenSSL print a longer value, on lines of their own. */
function wrapped(bytes: Buffer): readonly string[] {
  const whole = [bytes, Buffer.concat([bytes, Buffer.from('\n')])].map(each => each.toString('base64'))
  return whole.flatMap(each => [76, 64].flatMap(width => each.match(new RegExp(`.{1,${width}}`, 'g')) ?? []))
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 at each of its five alignments, in both cases. */
function base32Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2, 3, 4].flatMap(shift => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes])
    const bits = Array.from(padded, byte => byte.toString(2).padStart(8, '0')).join('')
    const letters = bits.slice(0, bits.length - (bits.length % 5)).match(/.{5}/g) ?? []
    const form = letters
      .map(each => BASE32[Number.parseInt(each, 2)])
      .slice(Math.ceil((shift * 8) / 5))
      .join('')
    return [form, form.toLowerCase()]
  })
}
