import type {Config} from './schema.ts'

/** All that a checked configuration is made of, beside the program that checks it. */
export interface ConfigText {
  readonly file: string
  /** As `HOME` says; paths may begin there. */
  readonly home: string | undefined
  readonly bytes: Uint8Array
}

/** Configurations that this very program has checked before, so that a start need not parse and check the same text again. */
export interface CheckedConfigs {
  /** What the check of exactly this text had come to; undefined: it is to be checked. */
  find(text: ConfigText): Config | undefined
  /** What it has come to now. */
  learn(text: ConfigText, config: Config): void
  /** Keeps what was learned last for the next start. A disk that takes nothing only makes that slower. */
  keep(): void
}
