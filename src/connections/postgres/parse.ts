import {faultOf} from './fault.ts'
import type {Keywords} from './keywords.ts'
import {parseKeywordString} from './keyword-string.ts'
import {isUri, parseUri} from './uri.ts'

/** What a connection string says by itself, before the environment has its say. Raises `config/invalid`. */
export function parseConnectionString(text: string): Keywords {
  if (isUri(text)) return parseUri(text)
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) throw faultOf('the scheme should be postgres:// or postgresql://')
  if (!text.includes('=')) throw faultOf('this is neither a URL nor KEYWORD=VALUE')
  return parseKeywordString(text)
}

/** Why a text cannot be a connection string, or undefined. Says nothing of what it holds. */
export function connectionStringFault(text: string): string | undefined {
  try {
    parseConnectionString(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
