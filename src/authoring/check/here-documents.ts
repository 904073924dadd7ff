/** Follows the here-documents of a command: what they hold is text for the command, not part of it. */
export class HereDocuments {
  /** Whether what comes next is text of a here-document. */
  inside = false
  /** The line that ends the one that was opened. */
  #last: RegExp | undefined

  /** What of the next piece of the command stands outside of here-documents. */
  outside(piece: string): string {
    if (!this.#last) {
      const opened = /(?<!<)<<-?\s*(['"]?)(\w+)\1/.exec(piece)
      if (!opened) return piece
      this.#last = new RegExp(`\\n\\s*${opened[2]}(?:\\n|$)`)
      return piece.slice(0, opened.index) + this.outside(piece.slice(opened.index + opened[0].length))
    }
    if (!this.inside) {
      const line = piece.indexOf('\n')
      if (line === -1) return piece
      this.inside = true
      return piece.slice(0, line) + this.outside(piece.slice(line))
    }
    const end = this.#last.exec(piece)
    if (!end) return ''
    this.inside = false
    this.#last = undefined
    return `\n${this.outside(piece.slice(end.index + end[0].length))}`
  }
}
