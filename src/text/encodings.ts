/** The forms in which a secret may come out of a tool, after the list that CI runners mask. None holds a newline. */
export function encodingsOf(value: string): readonly string[] {
  const forms = new Set<string>()
  for (const whole of [value, value.trim()]) {
    if (whole === '') continue
    const bytes = Buffer.from(whole, 'utf8')
    forms.add(JSON.stringify(whole).slice(1, -1))
    forms.add(encodeURIComponent(whole))
    forms.add(encodeURI(whole))
    forms.add(new URLSearchParams({v: whole}).toString().slice(2))
    forms.add(bytes.toString('hex'))
    forms.add(bytes.toString('hex').toUpperCase())
    for (const form of base64Forms(bytes)) forms.add(form)
    forms.add(xmlEscaped(whole))
    for (const form of shellForms(whole)) forms.add(form)
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

function xmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}

/** As bash prints it with `set -x`, as zx quotes it, and with every special character behind a backslash. */
function shellForms(text: string): readonly string[] {
  const ansiC = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return [text.replaceAll("'", `'\\''`), ansiC, text.replaceAll(/[^\w@%+=:,./-]/g, String.raw`\$&`)]
}
