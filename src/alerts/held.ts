/** Why a channel hears nothing of an alert now, though there would be something to say. */
export interface Held {
  readonly kind: 'suppressed' | 'dropped' | 'given up'
  /** A label of metrics, such as `group interval`. */
  readonly reason: string
  /** For people. */
  readonly words: string
}
