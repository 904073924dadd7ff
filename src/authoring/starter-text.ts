import type {Danger} from '../runbooks/define.ts'

/** A runbook to start from: it loads, plans and passes `runbook check` as it is, and shows what its danger asks for. */
export function starterText(name: string, danger: Danger): string {
  return {safe: safeText, disruptive: disruptiveText, destructive: destructiveText}[danger](name)
}

/** Apart, since only runbooks have default exports here. */
const BEGIN = 'export default runbook({'

const head = (name: string, danger: Danger, summary: string): string => `import {runbook, step, z} from 'opsconsole'

/** What it is for, and when somebody should reach for it. */
${BEGIN}
  name: '${name}',
  summary: '${summary}',
  danger: '${danger}', // safe: reads only · disruptive: users may notice · destructive: data may be lost
`

const safeText = (name: string): string => `${head(name, 'safe', 'Look at one thing, change nothing')}
  params: z.object({
    directory: z.string().default('/').describe('Directory whose disk is looked at'),
  }),

  plan: ({params}) => [
    step({
      id: 'disk',
      title: \`Look at the disk of \${params.directory}\`,
      why: 'A full disk looks like everything else',
      readOnly: true,
      run: async ({$, log, save}) => {
        // Values are quoted for you: no quotes around \${…}, and -- before one that may begin with a dash.
        const {stdout} = await $({reads: true})\`df -P -- \${params.directory}\`
        const used = /(\\d+)%/.exec(stdout)?.[1] ?? '?'
        save('used', used)
        log(\`\${used} % used\`)
      },
    }),
  ],

  afterwards: ({saved}) => (Number(saved['used']) >= 90 ? [\`The disk is \${saved['used']} % full.\`] : []),
})
`

const disruptiveText = (
  name: string,
): string => `${head(name, 'disruptive', 'Change one thing so that it can be taken back')}
  params: z.object({
    file: z.string().default('/tmp/${name}.flag').describe('File that is made, as an example'),
  }),

  // No other run may hold the same at the same time.
  locks: ({params}) => [\`file:\${params.file}\`],

  // Reads of the world that the plan is made from. Frozen with the plan, read again before the run.
  facts: async ({$, params}) => ({
    there: (await $({reads: true, nothrow: true})\`test -e \${params.file}\`).exitCode === 0,
  }),

  // Pure: the same parameters and facts give the same steps.
  plan: ({params, facts}) => [
    step({
      id: 'make',
      title: \`Make \${params.file}\`,
      why: 'Say here why, for whoever reads the plan at night',
      targets: [\`file \${params.file}\`],
      when: {ok: !facts.there, reason: \`\${params.file} already exists\`},
      confirm: {text: \`Make \${params.file}?\`, touches: [params.file]},
      run: async ({$}) => {
        await $\`touch -- \${params.file}\`
      },
      verify: async ({$}) => (await $({reads: true, nothrow: true})\`test -e \${params.file}\`).exitCode === 0,
      undo: async ({$}) => {
        await $\`rm -f -- \${params.file}\`
      },
      timeout: '30s',
      onUnknown: 'recheck', // after a crash: verify says whether it happened
    }),
  ],

  afterwards: ({params}) => [\`Remove \${params.file} when nobody needs it any more.\`],
})
`

const destructiveText = (name: string): string => `${head(name, 'destructive', 'Destroy one thing, with a way back')}
  params: z.object({
    file: z.string().default('/tmp/${name}.data').describe('File that is removed, as an example'),
  }),

  locks: ({params}) => [\`file:\${params.file}\`],

  facts: async ({$, params}) => ({
    there: (await $({reads: true, nothrow: true})\`test -e \${params.file}\`).exitCode === 0,
  }),

  plan: ({params, facts, run}) => {
    const kept = \`\${params.file}.\${run}\` // the run's id: unique, and the same after a resume
    const there = {ok: facts.there, reason: \`there is no \${params.file}\`}
    return [
      step({
        id: 'keep',
        title: \`Copy \${params.file} aside\`,
        why: 'Whatever is wrong with it, it may hold what nobody else has',
        targets: [\`file \${kept}\`],
        when: there,
        idempotent: true, // harmless to run twice, so it may be run again after a crash
        onUnknown: 'rerun',
        run: async ({$, save}) => {
          await $\`cp -a -- \${params.file} \${kept}\`
          save('kept', kept)
        },
        verify: async ({$}) => (await $({reads: true, nothrow: true})\`cmp -s -- \${params.file} \${kept}\`).exitCode === 0,
      }),
      step({
        id: 'remove',
        title: \`Remove \${params.file}\`,
        why: 'Say here why it has to go',
        targets: [\`file \${params.file}\`],
        when: there,
        // The text must be typed: a plain yes is too easy for something that cannot come back by itself.
        confirm: {text: \`Remove \${params.file}?\`, touches: [params.file], type: params.file},
        run: async ({$}) => {
          await $\`rm -- \${params.file}\`
        },
        verify: async ({$}) => (await $({reads: true, nothrow: true})\`test -e \${params.file}\`).exitCode !== 0,
        undo: async ({$}) => {
          await $\`cp -a -- \${kept} \${params.file}\`
        },
        timeout: '1m',
        onUnknown: 'recheck',
        stopCost: \`\${params.file} is gone; its copy is \${kept}\`,
      }),
    ]
  },

  afterwards: ({saved}) => (saved['kept'] === undefined ? [] : [\`The copy is kept as \${String(saved['kept'])}.\`]),
})
`
