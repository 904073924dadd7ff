import type {FlagSpec} from './command.ts'

/** Flags that every command takes. */
export const globalFlags = {
  config: {type: 'string', value: 'FILE', description: 'Configuration file'},
  env: {
    type: 'string',
    short: 'e',
    value: 'NAME',
    completes: 'environment',
    description: 'Environment; needed for changes when there are several',
  },
  json: {type: 'boolean', description: 'Print data instead of text; keys are a stable interface'},
  'despite-broken-trail': {
    type: 'string',
    value: 'REASON',
    description: 'Change something although the audit trail is missing or broken; recorded in it',
  },
  'override-freeze': {
    type: 'string',
    value: 'REASON',
    description: 'Change something although a change freeze holds; recorded in the audit trail',
  },
  'read-only': {type: 'boolean', description: 'Refuse everything that changes anything'},
  'no-color': {type: 'boolean', description: 'No colours in the console'},
  ascii: {type: 'boolean', description: 'No characters beyond ASCII in the console'},
  theme: {
    type: 'string',
    value: 'NAME',
    completes: ['terminal', 'calm', 'contrast', 'colour-blind'],
    description: 'Colours of the console: terminal, calm, contrast, colour-blind; each for dark and light backgrounds',
  },
  plain: {type: 'boolean', description: 'The console as lines and prompts, without a screen'},
  'screen-reader': {
    type: 'boolean',
    description: 'As --plain, for a screen reader; also by INK_SCREEN_READER=true',
  },
  slow: {type: 'boolean', description: 'For slow links: the console draws what changes by itself every two seconds'},
  help: {type: 'boolean', short: 'h', description: 'Show help'},
  version: {type: 'boolean', description: 'Show the version'},
} as const satisfies Record<string, FlagSpec>
