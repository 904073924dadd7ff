/** What the configuration says of keys, checked. Absent in a world: every action has its own keys. */
export interface Keymap {
  /** Keys of actions that have others than their own, by the action's id. */
  readonly keys: Readonly<Record<string, readonly string[]>>
  readonly hotkeys: readonly Hotkey[]
  /** Why the file's own cannot be used, so that these stay in force. */
  readonly refused?: string | undefined
}

/** A key of one's own. */
export interface Hotkey {
  readonly key: string
  readonly label: string
  readonly description: string
  /** Noun of the pane where it holds; undefined: everywhere. */
  readonly pane: string | undefined
  readonly task: HotkeyTask
}

export type HotkeyTask =
  | {readonly kind: 'runbook'; readonly runbook: string; readonly params: Readonly<Record<string, string>>}
  | {readonly kind: 'command'; readonly text: string}

/** An action's name as one writes it: `dry-run`. */
export const actionName = (id: string): string => id.replaceAll(' ', '-')
