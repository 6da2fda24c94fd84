/** Ports on loopback. What takes one must cope with having lost it in between. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below those that systems hand out by themselves (Linux from 32768 on, others from 49152): a port that waits for its
// process to start, or to come back, is given to nobody who did not name it.
const lowestPort = 20_000
const highestPort = 32_767
const tries = 50

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
export const freePort = async (): Promise<number> => {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const port = randomInt(lowestPort, highestPort + 1)
    if (await isPortFree(port)) return port
  }
  return listenOnce(0, '127.0.0.1')
}

/** Whether `port` can be listened on now; also false where this user may not (below 1024). */
export const isPortFree = async (port: number, host = '127.0.0.1'): Promise<boolean> => {
  try {
    await listenOnce(port, host)
    return true
  } catch {
    return false
  }
}
