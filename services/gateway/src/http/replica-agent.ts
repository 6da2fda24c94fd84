/**
 * Kept-alive connections to the replicas of one service. One that can't be made is made to another replica instead:
 * not a byte of the request has been sent by then, so nothing can happen twice. This is what lets a replica leave
 * without its clients noticing.
 */
import { Agent, type AgentOptions, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'

export interface ReplicaAgentInit {
  readonly options: AgentOptions
  /** URLs of all replicas. */
  readonly replicas: readonly string[]
  readonly onAway: (replica: string) => void
}

/** For TCP and TLS together. A service that is too busy for that is as good as away. */
const connectTimeoutMs = 3_000

export const createReplicaAgent = ({ options, replicas, onAway }: ReplicaAgentInit): Agent => {
  const agent = new Agent(options)
  const connectOnce = agent.createConnection.bind(agent)
  const keepSocketAlive = agent.keepSocketAlive.bind(agent)
  // Pooled as connections to the replica that was meant. They serve one request, or that one would never get
  // its share back.
  const standIns = new WeakSet<Duplex>()

  const connect = async (wanted: RequestOptions): Promise<Duplex> => {
    const first = replicas.find(replica => isAt(replica, wanted)) ?? replicas[0]
    const others = replicas.filter(replica => replica !== first)
    let failure: unknown
    // A single address may have several replicas behind it: it gets a second chance too.
    for (const replica of [first, ...(others.length > 0 ? others : [first])]) {
      if (replica === undefined) continue
      try {
        const { hostname, port } = new URL(replica)
        const socket = await opened(connectOnce({ ...wanted, host: hostname, port: port || 443 }))
        if (replica !== first) standIns.add(socket)
        return socket
      } catch (error) {
        failure = error
        onAway(replica)
      }
    }
    throw failure
  }

  agent.createConnection = (wanted, callback) => {
    connect(wanted).then(
      socket => callback?.(null, socket),
      // Node's type has no place for the call without a socket that its documentation asks for.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    )
    return undefined
  }
  agent.keepSocketAlive = socket => !standIns.has(socket) && keepSocketAlive(socket)
  return agent
}

const isAt = (replica: string, { host, port }: RequestOptions): boolean => {
  const url = new URL(replica)
  return url.hostname === host && (url.port || '443') === String(port)
}

/** The socket, once the service has proven who it is. @throws Error where it has not in time */
const opened = (socket: Duplex | null | undefined): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    if (!socket) return reject(new Error('no socket'))
    const settle = (error?: Error) => {
      clearTimeout(timer)
      socket.off('secureConnect', onSecure).off('error', settle).off('close', onClose)
      if (error === undefined) return resolve(socket)
      socket.on('error', () => undefined).destroy()
      reject(error)
    }
    const onSecure = () => settle()
    const onClose = () => settle(new Error('the connection was closed before it was secure'))
    const timer = setTimeout(
      () => settle(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    )
    socket.once('secureConnect', onSecure).once('error', settle).once('close', onClose)
  })
