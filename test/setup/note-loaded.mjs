// For `node --import`: writes the path of every file of the program that this process loads into $LOADED_FILES.
import {appendFileSync} from 'node:fs'
import {registerHooks} from 'node:module'
import {fileURLToPath} from 'node:url'

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(process.env.LOADED_FILES, `${fileURLToPath(url)}\n`)
    return next(url, context)
  },
})
