/** `cache shop` of `cache/production/shop`: a name alone may be that of a cache, a database and a backup. */
export function targetName(target: string): string {
  const [kind = '', , ...name] = target.split('/')
  return name.length === 0 ? target : `${kind} ${name.join('/')}`
}
