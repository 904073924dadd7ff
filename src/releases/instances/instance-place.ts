export interface InstancePlace {
  readonly slot: string
  readonly instance: string
}
