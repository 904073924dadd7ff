import {serveStandIn} from './stand-in.ts'

/**
 * `railway api QUERY`, after src/commands/api.rs of github.com/railwayapp/cli at 12df100. Not Railway. Where its words are from:
 * - `deployments`, `deploymentRollback`, `canRollback` and the states: https://docs.railway.com/integrations/api/manage-deployments
 * - the one before is removed: https://docs.railway.com/deployments/deployment-teardown
 * - errors: src/commands/api.rs (`GraphQL error(s)`) and src/errors.rs (no token)
 * - `commitHash` in `meta`: no document has it; users ask for it (`deployments { edges { node { status meta } } }`, then `meta.commitHash`). One that
 *   was not made from a commit, such as by `railway up`, has none
 * - searched for and not found: the message of a refused rollback (own words here), and that the rollback stands as a new deployment in the
 *   list, with the commit of the old one. `CANCELLED`, of one that a newer one overtook: boardsesh/boardsesh pull request 5040 only
 */
interface Node {
  id: string
  status: string
  canRollback: boolean
  meta: {commitHash: string}
}
const deployment = (id: string, status: string, commitHash: string): Node => ({
  id,
  status,
  canRollback: status === 'REMOVED' || status === 'SUCCESS',
  meta: {commitHash},
})

serveStandIn(
  {
    looks: 0,
    ends: 'SUCCESS',
    nodes: [
      deployment('d3', 'SUCCESS', 'ccc3'),
      deployment('d2', 'FAILED', 'bbb2'),
      deployment('d1', 'REMOVED', 'aaa1'),
    ],
  },
  (args, world) => {
    const [, query = ''] = args
    if (process.env['RAILWAY_API_TOKEN'] === undefined)
      return {stderr: 'Unauthorized. Please login with `railway login`\n', code: 1}
    if (!query.includes('deploymentRollback')) {
      const begun = world.nodes.find(({status}) => status === 'DEPLOYING')
      world.looks += 1
      if (begun !== undefined && world.looks >= 2) {
        begun.status = world.ends
        if (world.ends === 'SUCCESS')
          for (const node of world.nodes) if (node !== begun && node.status === 'SUCCESS') node.status = 'REMOVED'
      }
      return {stdout: JSON.stringify({data: {deployments: {edges: world.nodes.map(node => ({node}))}}})}
    }
    const id = args.find(word => word.startsWith('id='))?.slice(3)
    const chosen = world.nodes.find(node => node.id === id)
    if (!chosen?.canRollback)
      return {
        stdout: JSON.stringify({errors: [{message: 'own words: no rollback to this deployment'}], data: null}),
        stderr: 'Railway API returned 1 GraphQL error(s)\n',
        code: 1,
      }
    world.looks = 0
    world.nodes = [deployment(`n${world.nodes.length + 1}`, 'DEPLOYING', chosen.meta.commitHash), ...world.nodes]
    return {stdout: JSON.stringify({data: {deploymentRollback: true}})}
  },
)
