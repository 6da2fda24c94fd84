import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port on 127.0.0.1 that nothing listened on a moment ago; what takes it must cope with having lost it. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
