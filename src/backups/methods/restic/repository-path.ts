import path from 'node:path'

const ELSEWHERE = /^(?:sftp|s3|rest|swift|b2|azure|gs|rclone):/
const LOCAL = /^local:/

/** Where a repository on this machine lies; undefined for one elsewhere. */
export const repositoryPath = (repository: string): string | undefined =>
  ELSEWHERE.test(repository) ? undefined : repository.replace(LOCAL, '')

/** A repository on this machine with its path as `file` has it; one elsewhere as it is. */
export function atPath(repository: string, file: (own: string) => string): string {
  const own = repositoryPath(repository)
  return own === undefined ? repository : file(own)
}

/** Whether it is in a directory, or is it. By their names alone. */
export function liesIn(file: string, directory: string): boolean {
  const way = path.relative(path.resolve(directory), path.resolve(file))
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}
