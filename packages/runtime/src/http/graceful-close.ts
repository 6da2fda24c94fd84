/**
 * Closes a server as its callers like it: what was begun ends well, nothing is waited for in vain, and no kept-alive
 * connection is cut just as its next request is on the way.
 */
import { Server as TlsServer } from 'node:https'
import { type Socket, Server as TcpServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpServer } from './messages.ts'

/** Gives the function that closes `server`; must see the server before its first connection. */
export const closeGracefully = (server: HttpServer, farewellMs: number) => {
  let stage: 'serving' | 'farewell' | 'over' = 'serving'
  const open = new Set<Socket>()
  // Connections without a request so far. Node does not count them as idle, and would wait for them.
  const unused = new Set<Socket>()

  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (stage === 'over') socket.destroy()
    open.add(socket)
    unused.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      unused.delete(socket)
    })
  })
  server.prependListener('request', (req, res) => {
    unused.delete(req.socket)
    if (stage !== 'serving') res.shouldKeepAlive = false
    // A connection that becomes idle at the end would otherwise stay for the keep-alive time.
    res.once('close', () => {
      if (stage === 'over') setImmediate(() => server.closeIdleConnections())
    })
  })

  /** Ends early where every connection has ended. */
  const sayFarewell = async (closed: Promise<void>): Promise<void> => {
    if (open.size === 0 || farewellMs === 0) return
    const early = new AbortController()
    await Promise.race([
      closed,
      delay(farewellMs, undefined, { signal: early.signal }).catch(() => undefined),
    ])
    early.abort()
  }

  return async (deadlineMs = 10_000): Promise<void> => {
    stage = 'farewell'
    const closed = Promise.withResolvers<void>()
    // Not the HTTP server's own close, which would cut idle connections at once.
    TcpServer.prototype.close.call(server, () => closed.resolve())
    const timer = setTimeout(() => {
      server.closeAllConnections()
      closed.resolve()
    }, deadlineMs)
    await sayFarewell(closed.promise)
    stage = 'over'
    for (const socket of unused) socket.destroy()
    server.closeIdleConnections()
    // For node's own clean-up; the port is closed already.
    server.close()
    await closed.promise
    clearTimeout(timer)
  }
}
