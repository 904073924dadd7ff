/** Texts that come again are short: keys of documents, words of states. */
const LONGEST = 64
const MOST = 1_000

/** The same function of a text, which works each out once. What it holds is bounded, whatever comes. */
export function remembered<Value>(workOut: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return text => {
    if (text.length > LONGEST) return workOut(text)
    const before = known.get(text)
    if (before !== undefined || known.has(text)) return before as Value
    const value = workOut(text)
    if (known.size >= MOST) known.clear()
    known.set(text, value)
    return value
  }
}

/** An expression that is asked about the same keys at every probe. It must not keep a place of its own (`g`, `y`). */
export const keyTest = (expression: RegExp): Pick<RegExp, 'test'> => ({
  test: remembered(text => expression.test(text)),
})
