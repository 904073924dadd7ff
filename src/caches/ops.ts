/** What runbooks can do with a cache. Filled in beside the code in this folder. */
export interface CacheOps {
  readonly name: string
}
