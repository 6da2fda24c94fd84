/** A client's web server, on loopback, with the keys that it serves at the moment. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'

export const startKeyServer = async () => {
  const state = { keys: [] as JWK[], status: 200, fetches: 0, type: 'application/json' }
  const server = createServer((_req, res) => {
    state.fetches += 1
    res.writeHead(state.status, { 'content-type': state.type }).end(JSON.stringify({ keys: state.keys }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return Object.assign(state, { uri: `http://127.0.0.1:${port}/jwks.json`, stop })
}
