// A build as of the service that was never tried: healthy, the right version, and 500 for whatever people want of it.
const {createServer} = require('node:http')

const answers = {'/health': {health: 'GOOD'}, '/api/admin/ui-config': {version: '7.5.2-broken'}}
createServer((request, response) => {
  const answer = answers[request.url]
  response.writeHead(answer === undefined ? 500 : 200, {'content-type': 'application/json'})
  response.end(JSON.stringify(answer ?? {message: 'Something went wrong'}))
}).listen(Number(process.env.HTTP_PORT), '127.0.0.1')
