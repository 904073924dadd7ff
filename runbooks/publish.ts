import {type Ops, quotePosix, runbook, step, type Step, type Shell, z} from 'opsconsole'

/**
 * For sites whose versions lie side by side as directories: a link says which one is served, and is replaced at one instant. Every
 * version that is still there can be published again, so a publication and its restoration are the same run. A platform that keeps
 * the versions itself is asked by its own program, as `published` of the service says.
 */
export default runbook({
  name: 'publish',
  summary: 'Publish a version of a site, or restore an older one, at one instant',
  description:
    'The directory has a directory `versions` with one directory a version, and a link `current` to one of them, which the web server ' +
    'serves. The link is replaced by a rename: every request finds the old version or the new one, never none and never a mixture of ' +
    'one file; a page that was loaded before may still ask for files of its own version, so keep those. Then the URL is asked, and when ' +
    'it does not answer as it should, the link goes back. What it cannot undo: what browsers and caches have kept meanwhile. To restore ' +
    'a version, publish it. With `service` the platform of that service does it, and its plan says what that cannot undo.',
  params: z.object({
    service: z.string().optional().describe('Service whose platform keeps the versions; else `directory` is needed'),
    directory: z.string().startsWith('/').optional().describe('Directory with `versions` and the link `current`'),
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._+@:-]*$/, 'should begin with a letter or digit and hold no blanks')
      .describe('Name of a directory in `versions`; of a platform, a version or its id'),
    url: z.url().optional().describe('Asked after the change; it should answer 200. Not asked when left out'),
  }),
  danger: 'disruptive',
  locks: ({params}) => [`publish:${params.service ?? plainDirectory(params.directory ?? '')}`],
  onFailure: 'undo',

  facts: async ({$, ops, params}) => {
    const {version} = params
    if (params.service !== undefined) return onPlatform(ops, params)
    if (params.directory === undefined) throw new Error('give a service with published versions, or a directory')
    const directory = plainDirectory(params.directory)
    const lines = async (text: Promise<{readonly stdout: string}>) => (await text).stdout.split('\n').filter(Boolean)
    const versions = await lines(
      $({reads: true})`find -- ${`${directory}/versions`} -mindepth 1 -maxdepth 1 -type d -printf '%f\n'`,
    )
    if (!versions.includes(version))
      throw new Error(`${directory}/versions has no ${version}; it has ${versions.toSorted().join(', ') || 'none'}`)
    const content = await lines(
      $({reads: true})`find -- ${`${directory}/versions/${version}`} -mindepth 1 -maxdepth 1 -print -quit`,
    )
    if (content.length === 0) throw new Error(`${directory}/versions/${version} is empty: there is nothing to publish`)
    const link = `${directory}/current`
    const [current] = await lines($({reads: true, nothrow: true})`readlink -- ${link}`)
    if (current === undefined && (await lines($({reads: true, nothrow: true})`find -- ${link} -maxdepth 0`)).length > 0)
      throw new Error(`${link} is no link: move what it is to ${directory}/versions, and link to it by \`ln -s\``)
    return {
      kind: 'directory' as const,
      directory,
      version,
      url: params.url,
      before: current,
      others: versions.filter(one => one !== version).toSorted(),
    }
  },

  plan: ({facts, run}) => [
    facts.kind === 'platform' ? publishThere(facts) : publish(facts, run),
    ...prove(facts.url, facts.version),
  ],

  afterwards: ({facts, environment}) =>
    facts.kind === 'platform' ? afterwardsThere(facts, environment) : afterwardsHere(facts, environment),
})

const afterwardsHere = ({directory, version, before, others}: Facts, environment: string): string[] => [
  `${version} is published in ${directory}.`,
  before === undefined ? 'Nothing was published before.' : wayBackOf({directory, version, before, others}, environment),
  ...(others.length === 0 ? [] : [`Also there: ${others.join(', ')}.`]),
]

function wayBackOf(
  facts: Pick<Facts, 'directory' | 'version' | 'others'> & {readonly before: string},
  environment: string,
): string {
  const {directory, before} = facts
  const version = versionOf(before, facts)
  return version === undefined
    ? `Way back, by hand, since ${before} is not in ${directory}/versions: ln -sfn -- ${quotePosix(before)} ${quotePosix(`${directory}/current`)}`
    : `Way back: opsconsole run publish -e ${environment} -p directory=${quotePosix(directory)} -p version=${version}`
}

interface Facts {
  readonly kind: 'directory'
  readonly directory: string
  readonly version: string
  readonly url: string | undefined
  /** What the link said; undefined when there was none. */
  readonly before: string | undefined
  readonly others: readonly string[]
}

/** One directory, one lock, however it is written. */
const plainDirectory = (directory: string): string => directory.replace(/(?<=.)\/+$/, '')

/** The version that a link leads to; undefined: it leads to something else. */
const versionOf = (
  target: string,
  {directory, others, version}: Pick<Facts, 'directory' | 'others' | 'version'>,
): string | undefined => {
  const [name] = target.replace(`${directory}/`, '').match(/(?<=^versions\/)[^/]+(?=\/*$)/) ?? []
  return name !== undefined && [version, ...others].includes(name) ? name : undefined
}

const publish = (facts: Facts, run: string): Step => {
  const {directory, version, before} = facts
  const [link, next] = [`${directory}/current`, `${directory}/.current-${run}`]
  const target = `versions/${version}`
  return step({
    id: 'publish',
    title: `Publish ${version}${before === undefined ? '' : ` in place of ${versionOf(before, facts) ?? before}`}`,
    why: 'A rename takes the place of the link at one instant',
    targets: [link],
    confirm: {
      text: `Publish ${version} in ${directory}?`,
      touches: [
        `${link}: ${before ?? 'nothing'} → ${target}`,
        `way back: ${before === undefined ? 'the link is taken away' : 'one rename'}; what browsers and caches keep meanwhile stays`,
      ],
    },
    check: async () => (before === target ? 'done' : 'would change'),
    run: async ({$}) => {
      const now = await leadsTo($, link)
      if (now !== target && now !== (before ?? ''))
        throw new Error(`somebody else published ${now || 'nothing'} in ${directory} meanwhile: it is left as it is`)
      await $`ln -sfn -- ${target} ${next}`
      await $`mv -fT -- ${next} ${link}`
    },
    verify: async ({$}) => {
      const now = await leadsTo($, link)
      return {ok: now === target, reason: `${link} leads to ${now || 'nothing'}`}
    },
    undo: async ({$, log}) => {
      const now = await leadsTo($, link)
      // Of one that was killed between the two, the link beside it may be left.
      if (now !== target) {
        if (now !== (before ?? '')) log(`${link} leads to ${now || 'nothing'}, which is not of this run: it stays`)
        await $`rm -f -- ${next}`
      } else if (before === undefined) await $`rm -f -- ${link}`
      else {
        await $`ln -sfn -- ${before} ${next}`
        await $`mv -fT -- ${next} ${link}`
      }
    },
    idempotent: true,
    onUnknown: 'recheck',
  })
}

/** Empty: it is no link. */
const leadsTo = async ($: Shell, link: string): Promise<string> =>
  (await $({reads: true, nothrow: true})`readlink -- ${link}`).stdout.trim()

const prove = (url: string | undefined, version: string): readonly Step[] =>
  url === undefined
    ? []
    : [
        step({
          id: 'prove',
          title: `Ask ${url}`,
          why: `When ${version} does not answer with 200, the version before is published again`,
          targets: [url],
          readOnly: true,
          timeout: '30s',
          run: async ({ops, log}) => log(await answerOf(ops, url)),
        }),
      ]

interface Platform {
  readonly kind: 'platform'
  readonly service: string
  readonly version: string
  readonly url: string | undefined
  /** What users get before; undefined: nothing that the platform lists. */
  readonly before: string | undefined
  readonly command: string
  readonly notUndone: readonly string[]
}

async function onPlatform(
  ops: Ops,
  params: {readonly service?: string | undefined; readonly version: string; readonly url?: string | undefined},
): Promise<Platform> {
  const service = ops.service(params.service)
  const {version, current, command, notUndone} = await service.publishable(params.version)
  return {
    kind: 'platform',
    service: service.name,
    version,
    url: params.url,
    before: current?.version,
    command,
    notUndone: [...notUndone],
  }
}

const publishThere = ({service, version, before, command, notUndone}: Platform): Step =>
  step({
    // runbook-check-ignore duplicate-id: a service is published in a directory or on a platform
    id: 'publish',
    title: `Publish ${version} of ${service}${before === undefined ? '' : ` in place of ${before}`}`,
    why:
      before === undefined
        ? 'Nothing that is listed is published: there is no way back'
        : `Way back: publish ${before} again`,
    targets: [`service ${service}`],
    confirm: {
      text: `Publish ${version} of ${service}?`,
      touches: [
        `users: ${before ?? 'nothing'} → ${version}`,
        `runs: ${command}`,
        ...notUndone.map(each => `not undone: ${each}`),
      ],
    },
    check: async () => (before === version ? 'done' : 'would change'),
    run: async ({ops}) => ops.service(service).publish(version),
    verify: async ({ops}) => {
      const now = await ops.service(service).published()
      return {ok: now?.version === version, reason: `users get ${now?.version ?? 'nothing that is listed'}`}
    },
    ...(before === undefined ? {} : {undo: publishAgain(service, {version, before})}),
    idempotent: true,
    onUnknown: 'recheck',
    timeout: '30m',
  })

/** A version that somebody else published meanwhile is not taken away from users by our undo. */
const publishAgain =
  (
    service: string,
    {version, before}: {readonly version: string; readonly before: string},
  ): NonNullable<Step['undo']> =>
  async ({ops, log}) => {
    const now = await ops.service(service).published()
    if (now === undefined || now.version === version || now.version === before)
      return ops.service(service).publish(before)
    log(`users get ${now.version}, which is not of this run: it stays`)
  }

const afterwardsThere = ({service, version, before, notUndone}: Platform, environment: string): string[] => [
  `${version} of ${service} is published.`,
  before === undefined
    ? 'Nothing was published before.'
    : `Way back: opsconsole run publish -e ${environment} -p service=${service} -p version=${before}`,
  ...notUndone.map(each => `The way back does not undo: ${each}.`),
]

async function answerOf(ops: Ops, url: string): Promise<string> {
  const {origin, pathname, search} = new URL(url)
  const {ok, reason} = await ops.healthy({url: origin, health: `${pathname}${search}`})
  if (!ok) throw new Error(`${url} ${reason}`)
  return `${url} ${reason}`
}
