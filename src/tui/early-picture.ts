/** The picture that `bin/early-picture.cjs` has put on the alternate screen before the program was loaded. */
export interface EarlyPicture {
  /** Gives the terminal back: there will be no console. */
  leave(): void
  /** The screen and the keys are the console's from now on. What was typed until now; undefined when it is no longer there. */
  takeOver(): Buffer | undefined
}

const PLACE = Symbol.for('opsconsole.earlyPicture')

/** Undefined when there is none, as in every call that does not open the console. */
export const earlyPicture = (): EarlyPicture | undefined => (globalThis as {readonly [PLACE]?: EarlyPicture})[PLACE]
