// A build that is good for whoever tries it, and bad for whoever uses it: the first front pages come, the later ones are 500.
const {createServer} = require('node:http')

const answers = {'/health': {health: 'GOOD'}, '/api/admin/ui-config': {version: '7.5.2-buggy'}}
let pages = 0
createServer((request, response) => {
  const answer = answers[request.url]
  const page = request.url === '/' ? (pages++ < 3 ? 200 : 500) : 404
  response.writeHead(answer === undefined ? page : 200, {'content-type': 'application/json'})
  response.end(JSON.stringify(answer ?? {}))
}).listen(Number(process.env.HTTP_PORT), '127.0.0.1')
