import type {PtyProgram} from './pty.ts'
import type {Look} from './render.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Another configuration than the lab's own, other flags, another terminal. */
export interface Dress {
  readonly config?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly look?: Look
}

export type Shoot = (name: string) => Promise<void>

/** Works in a console of this size, and always ends it. */
export type InConsole = (
  size: Size,
  work: (seen: PtyProgram, shoot: Shoot) => Promise<void>,
  dressed?: Dress,
) => Promise<void>
