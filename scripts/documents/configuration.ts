import {configShape, describeShape, type Shape} from '../../src/config/shape.ts'
import {table} from './markdown.ts'

/** `docs/configuration.md`: every key, what it accepts, its default, its meaning. */
export function configurationPage(): string {
  const shape = configShape()
  const sections = Object.entries(shape.properties ?? {})
  const plain = sections.filter(([, section]) => keysOf(section).length === 0)
  const parts = sections.filter(([, section]) => keysOf(section).length > 0)
  return `# Configuration

One strict YAML file. It is looked for in this order, and the first that is there is the only one read:
\`--config FILE\`, \`$OPSCONSOLE_CONFIG\`, \`./opsconsole.yaml\`, \`~/.config/opsconsole/opsconsole.yaml\`,
\`/etc/opsconsole/opsconsole.yaml\`. \`opsconsole init\` writes one from what it finds on this machine,
\`opsconsole doctor\` says what is wrong with it.

[example.opsconsole.yaml](example.opsconsole.yaml) shows every key at work. Editors check the file while you type with
[opsconsole.schema.json](opsconsole.schema.json): put this line first.

\`\`\`yaml
# yaml-language-server: $schema=./opsconsole.schema.json
\`\`\`

An unknown key or a wrong value is refused with its path, what would be accepted, and its place in the file:

\`\`\`
services/3/probe/url: should be an http or https URL, got "htp://shop" (line 14, column 12)
\`\`\`

- **Durations** are text: \`500ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`7d\`.
- **Names** have lower-case letters, digits, dots and dashes. **Shares** are \`0.5\` or \`50%\`, **sizes** \`64mb\` or
  \`2gb\`.
- **Secrets** are \`{env: NAME}\`, \`{file: PATH}\`, \`{command: [program, argument]}\`, or the text itself. They are read
  when they are needed, never put into arguments of a command, and redacted wherever they would be shown.
- **PostgreSQL addresses** are what psql takes: \`postgres://\` URLs or \`host=... dbname=...\` pairs, with every keyword, \`PG*\`
  variable, service and password file of libpq and their meaning there, wherever an address stands. What \`psql\` connects to,
  opsconsole connects to, and gives to pg_dump. Files in it are relative to the working directory, as for psql: write them
  from the root. \`sslmode=require\` encrypts but does not look at who answers; \`verify-full\` does. [What differs](decisions/0017-libpq-urls.md)
- **A change takes effect by itself**: agent and console look at the file every second, check it as a whole when nobody has written
  to it since the last look, and take it; \`SIGHUP\` makes an agent take it at once. One that is wrong, or that others may write, is
  refused: the one before stays in force, wholly, and the log, \`status\` and every console's header say which it is and where the new
  one is wrong. Nothing may be changed until the file is right again. Targets that stay keep their state, history and pending alerts; alerts of
  those that are gone end as \`removed\`. \`sharedLocks\` is read once, when a process starts.
- **Paths** are relative to the file; \`~/\` is the home directory. The same holds for programs written \`./name\`.
- **environment** may be left out of an entry when only one environment is configured. Names are unique within their
  section and environment.

${plain.length > 0 ? `## At the top\n\n${rows(Object.fromEntries(plain), '', required(shape))}` : ''}
${parts.map(([name, section]) => sectionText(name, section)).join('\n')}`
}

/** The keys inside a section, a list of sections, or a choice of them. */
function keysOf(shape: Shape): string[] {
  if (shape.shape === 'secret') return []
  const inside = shape.items ?? shape
  return [...Object.keys(inside.properties ?? {}), ...(inside.oneOf ?? []).flatMap(keysOf)]
}

function sectionText(name: string, section: Shape): string {
  const inside = section.items ?? section
  const list = section.items ? 'A list; each entry has these keys.' : 'A section with these keys.'
  return `## ${name}\n\n${section.description}. ${list}\n\n${rows(inside.properties ?? {}, '', required(inside))}${choices(inside, '')}`
}

const required = (shape: Shape): ReadonlySet<string> => new Set(shape.required ?? [])

/** Rows of all keys, those of sections inside written with dots. Choices by `type` follow in tables of their own. */
function rows(properties: Readonly<Record<string, Shape>>, prefix: string, needed: ReadonlySet<string>): string {
  const lines = rowsOf(properties, prefix, needed)
  return lines.length > 0 ? `${table(['key', 'accepts', 'default', 'meaning'], lines)}\n` : ''
}

function rowsOf(properties: Readonly<Record<string, Shape>>, prefix: string, needed: ReadonlySet<string>): string[][] {
  return Object.entries(properties).flatMap(([key, shape]) => {
    const name = `${prefix}${key}`
    const own = [`\`${name}\``, accepts(shape), fallback(shape, needed.has(key)), shape.description ?? '']
    const inside = shape.items ?? shape
    if (shape.shape === 'secret' || !inside.properties) return [own]
    const dotted = shape.items ? `${name}[].` : `${name}.`
    return [own, ...rowsOf(inside.properties, dotted, required(inside))]
  })
}

function accepts(shape: Shape): string {
  // Explained once at the top of the page.
  if (shape.shape) return `${shape.shape === 'URL' ? 'an http or https' : 'a'} ${shape.shape}`
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``
  const inside = shape.items ?? shape
  if (inside.properties || inside.oneOf) return shape.items ? 'a list of sections' : 'a section'
  return describeShape(shape).replaceAll(describeShape({shape: 'secret'}), 'a secret')
}

function fallback(shape: Shape, needed: boolean): string {
  const {default: value} = shape
  if (value === undefined) return needed ? '**needed**' : ''
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function choices(shape: Shape, prefix: string): string {
  const here = (shape.oneOf ?? []).map(option => {
    const type = option.properties?.['type']?.const
    return `### ${prefix ? `${prefix.slice(0, -1)} of ` : ''}type ${String(type)}\n\n${rows(option.properties ?? {}, prefix, required(option))}`
  })
  const below = Object.entries(shape.properties ?? {}).map(([key, value]) => {
    const inside = value.items ?? value
    return value.shape === 'secret' ? '' : choices(inside, `${prefix}${key}${value.items ? '[]' : ''}.`)
  })
  return [...here, ...below]
    .filter(text => text !== '')
    .map(text => `\n${text}`)
    .join('')
}

/** JSON Schema for editors: only standard words. */
export function configurationSchema(): string {
  const plain = JSON.stringify(configShape(), (key, value: unknown) => {
    if (key === 'shape' && typeof value === 'string') return undefined
    return value
  })
  const schema = {title: 'opsconsole configuration', ...(JSON.parse(plain) as object)}
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
