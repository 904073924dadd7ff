import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'

/** What is wrong with a connection string. Never holds more of it than a keyword: a password may stand anywhere else. */
export const faultOf = (what: string, hint = HINT): OpsError =>
  new OpsError('config/invalid', `PostgreSQL connection: ${escapeLine(what, 300)}`, {hint})

const HINT =
  'It should be postgres://USER@HOST:PORT/DATABASE?KEYWORD=VALUE, or KEYWORD=VALUE pairs, as psql reads them; ' +
  'special characters of a password are written %XX in a URL.'
