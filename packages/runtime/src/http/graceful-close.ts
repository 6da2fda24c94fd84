/** Closes a server as a load balancer likes it: what was begun ends well, and nothing is waited for in vain. */
import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** Gives the function that closes `server`; must see the server before its first connection. */
export const closeGracefully = (server: Server) => {
  let closing = false
  // Connections without a request so far. Node does not count them as idle, and would wait for them.
  const unused = new Set<Socket>()

  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (closing) socket.destroy()
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.prependListener('request', (req, res) => {
    unused.delete(req.socket)
    if (closing) res.shouldKeepAlive = false
    // A connection that becomes idle while closing would otherwise stay for the keep-alive time.
    res.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections())
    })
  })

  return async (deadlineMs = 10_000): Promise<void> => {
    closing = true
    const closed = Promise.withResolvers<void>()
    server.close(() => closed.resolve())
    server.closeIdleConnections()
    for (const socket of unused) socket.destroy()
    const timer = setTimeout(() => {
      server.closeAllConnections()
      closed.resolve()
    }, deadlineMs)
    await closed.promise
    clearTimeout(timer)
  }
}
