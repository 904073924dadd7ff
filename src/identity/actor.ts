/** How well a name is known. kernel: login uid or uid · sshd: key used · claimed: only the environment says so. */
export type Evidence = 'kernel' | 'sshd' | 'claimed'

/** Who acts, from where, and how that is known. */
export interface Actor {
  readonly name: string
  readonly evidence: Evidence
  readonly uid: number
  /** Kernel login uid; undefined when the kernel never set one. */
  readonly loginUid: number | undefined
  /** `host`, `ssh 10.0.0.5` or `ci github-actions`. */
  readonly from: string
  readonly host: string
  /** Fingerprint of the SSH key, when sshd exposes it. */
  readonly sshKey?: string
  /** Name before sudo, only claimed by the environment. */
  readonly sudoFrom?: string
}
