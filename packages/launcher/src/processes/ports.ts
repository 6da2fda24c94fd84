/** Ports on loopback. What takes one must cope with having lost it in between. */
import { once } from 'node:events'
import { createServer } from 'node:net'

const listenOnce = async (port: number, host: string): Promise<number> => {
  const server = createServer().listen({ port, host, exclusive: true })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** A port on 127.0.0.1 that nothing listened on a moment ago. */
export const freePort = (): Promise<number> => listenOnce(0, '127.0.0.1')

/** Whether `port` can be listened on now; also false where this user may not (below 1024). */
export const isPortFree = async (port: number, host = '127.0.0.1'): Promise<boolean> => {
  try {
    await listenOnce(port, host)
    return true
  } catch {
    return false
  }
}
