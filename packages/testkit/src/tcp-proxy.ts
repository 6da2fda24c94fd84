/** A TCP proxy in front of a store or a service, through which a test makes the network fail. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** `url` with this proxy's address in place of the target's. */
  readonly through: (url: string) => string
  /** Drops every connection and refuses new ones. */
  readonly cut: () => void
  /** Swallows everything in both directions, connections stay open. */
  readonly stall: () => void
  /** Lets new connections through again; those that were stalled are dropped. */
  readonly heal: () => void
  readonly close: () => Promise<void>
}

export const createTcpProxy = async (target: { port: number; host?: string }): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  let state: 'open' | 'cut' | 'stalled' = 'open'

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  const dropAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer(client => {
    track(client)
    if (state === 'cut') return client.destroy()
    if (state === 'stalled') return client.pause()
    const upstream = connect(target.port, target.host ?? '127.0.0.1')
    track(upstream)
    client.pipe(upstream).pipe(client)
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')

  return {
    port: address.port,
    through: url => {
      const proxied = new URL(url)
      proxied.host = `127.0.0.1:${address.port}`
      return proxied.href
    },
    cut: () => {
      state = 'cut'
      dropAll()
    },
    stall: () => {
      state = 'stalled'
      for (const socket of sockets) socket.unpipe().pause()
    },
    heal: () => {
      if (state === 'stalled') dropAll()
      state = 'open'
    },
    close: async () => {
      dropAll()
      server.close()
      await once(server, 'close')
    },
  }
}
