import type {Health} from '../../src/monitors/sample.ts'

/** A health document as software answers it: the shape from its documentation, the values ours. */
export interface ForeignDocument {
  readonly framework: string
  readonly name: string
  readonly body: unknown
  readonly contentType?: string
  readonly path?: string
  /** What is right. */
  readonly health: Health
  /** Checks that are not up, and what each is. */
  readonly failing?: Readonly<Record<string, Health>>
  /** Its bad news hangs on one key or one word: with that one garbled there is none. */
  readonly sole?: boolean
  /** Words that the reason must have. */
  readonly says?: string
  readonly version?: string
}

export const json = (
  framework: string,
  name: string,
  body: unknown,
  health: Health,
  more: Partial<ForeignDocument> = {},
): ForeignDocument => ({
  framework,
  name,
  body,
  health,
  ...more,
})
export const text = (
  framework: string,
  name: string,
  body: string,
  health: Health,
  more: Partial<ForeignDocument> = {},
): ForeignDocument =>
  json(framework, name, body, health, {contentType: 'text/plain; charset=utf-8', path: '/healthz', ...more})
