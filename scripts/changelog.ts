const SECTION = /^## (.+)$/gm

/** What the changelog says of a version, without its heading; undefined when there is no such section. */
export function changelogSection(changelog: string, version: string): string | undefined {
  const headings = [...changelog.matchAll(SECTION)]
  const index = headings.findIndex(([, title = '']) => title.split(',')[0] === version)
  const heading = headings[index]
  if (!heading) return undefined
  return changelog.slice(heading.index + heading[0].length, headings[index + 1]?.index).trim()
}

/** What is unreleased becomes a version of a day; a new and empty section waits above it. Raises when nothing has changed. */
export function releaseChangelog(changelog: string, version: string, day: string): string {
  if (!changelogSection(changelog, 'Unreleased')) throw new Error('CHANGELOG.md has nothing under "Unreleased"')
  if (changelogSection(changelog, version) !== undefined)
    throw new Error(`CHANGELOG.md has a section ${version} already`)
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version}, ${day}`)
}
