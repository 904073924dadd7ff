/** One instance of a slot as it is now. */
export interface InstanceView {
  readonly id: string
  readonly slot: string
  readonly host: string
  readonly url: string
  /** Health path, so that `ops.healthy(instance)` knows where to ask. */
  readonly health: string
  /** The version that the instance itself answers; undefined when it does not answer. */
  readonly version: string | undefined
  readonly state: 'up' | 'down'
  readonly reason: string
}

/** What runbooks can do with a release. Filled in beside the code in this folder. */
export interface ReleaseOps {
  readonly name: string
}
