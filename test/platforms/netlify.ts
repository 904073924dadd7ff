import {flag, serveStandIn} from './stand-in.ts'

/**
 * `netlify api listSiteDeploys|getSite|restoreSiteDeploy --data JSON`, after docs/commands/api.md of github.com/netlify/cli. Not Netlify.
 * Where its words are from:
 * - fields, `published_deploy` among them: go/models/deploy.go and site.go of github.com/netlify/open-api
 * - states: that API has no list of them. Its Go client (go/porcelain/deploy.go) knows `ready`, `prepared` and `error`; `building` was
 *   searched for and not found
 * - ` ›   NAME: MESSAGE`: `logError` of src/utils/command-helpers.ts; the name and the form of a message as in netlify/cli issue 1547
 * - searched for and not found: what it says without a token, and of a site or a deploy that is not there
 */
const deploy = (id: string, state: string, message: string | null = null) => ({
  id,
  site_id: 'site-1',
  state,
  error_message: message,
  deploy_ssl_url: `https://${id}--docs.netlify.app`,
  context: 'production',
})

serveStandIn(
  {
    published: '6a0000000000000000000002',
    deploys: [
      deploy('6a0000000000000000000004', 'building'),
      deploy('6a0000000000000000000003', 'error', 'Build script returned non-zero exit code: 2'),
      deploy('6a0000000000000000000002', 'ready'),
      deploy('6a0000000000000000000001', 'ready'),
    ],
  },
  (args, world) => {
    const [, method] = args
    if (process.env['NETLIFY_AUTH_TOKEN'] === undefined) return {stderr: ' ›   Error: Not logged in\n', code: 1}
    const data = JSON.parse(flag(args, '--data')) as {site_id?: string; deploy_id?: string}
    if (data.site_id !== 'site-1') return {stderr: ' ›   JSONHTTPError: Not Found\n', code: 1}
    if (method === 'listSiteDeploys') return {stdout: JSON.stringify(world.deploys)}
    if (method === 'getSite') return {stdout: JSON.stringify({id: 'site-1', published_deploy: {id: world.published}})}
    const chosen = world.deploys.find(({id}) => id === data.deploy_id)
    if (chosen === undefined) return {stderr: ' ›   JSONHTTPError: Not Found\n', code: 1}
    world.published = chosen.id
    return {stdout: JSON.stringify(chosen)}
  },
)
