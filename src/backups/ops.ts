/** What runbooks can do with backups. Filled in beside the code in this folder. */
export interface BackupOps {
  readonly name: string
}
