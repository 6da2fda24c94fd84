/**
 * Kept-alive mutual TLS to the replicas of one service, which take turns. A request that could not be sent to one is sent
 * to another: not a byte of it has left by then, so nothing can happen twice. That is what lets a replica leave without
 * its clients noticing.
 */
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import { createTurns } from '../domain/turns.ts'

export interface UpstreamInit {
  /** The name in the certificate of every replica, whatever host its URL names. */
  readonly name: string
  readonly urls: readonly string[]
  readonly tls: TlsMaterial
  /** How long a service may be silent, in ms. */
  readonly timeoutMs: number
  readonly now: () => Date
}

/** For TCP and TLS together. A service that is too busy for that is as good as away. */
const connectTimeoutMs = 3_000
const connections = 256
// Idle connections are dropped well before the services drop them (75 s), so that none is used while it dies.
const idleMs = 30_000

/** What of a handler is called when a request could not be delivered, or its answer did not come. */
export interface UpstreamHandler extends Dispatcher.DispatchHandler {
  /** The connection is there, and what comes next is the request. */
  onRequestStart: (controller: Dispatcher.DispatchController, context: unknown) => void
  onResponseError: (controller: Dispatcher.DispatchController | undefined, error: Error) => void
}

const late = () => new Error('no connection was free in time')

export const createUpstream = ({ name, urls, tls, timeoutMs, now }: UpstreamInit) => {
  const turns = createTurns(urls, now)
  const connectTo = buildConnector({ ...tls, timeout: connectTimeoutMs, allowH2: false })
  const poolOf = (url: string): Pool =>
    new Pool(url, {
      connect: (wanted, callback) => connectTo({ ...wanted, servername: name }, callback),
      allowH2: false,
      connections,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
    })
  const pools = new Map(urls.map(url => [url, poolOf(url)]))

  /** A single address may have several replicas behind it: it gets a second chance too. */
  const othersThan = (first: string): readonly string[] => {
    const others = urls.filter(url => url !== first)
    return others.length === 0 ? [first] : others
  }

  const dispatch = (request: Dispatcher.DispatchOptions, handler: UpstreamHandler): void => {
    const first = turns.next()
    const rest = [...othersThan(first)]
    let stage: 'waiting' | 'sent' | 'over' = 'waiting'
    let timer: NodeJS.Timeout | undefined

    const end = (controller: Dispatcher.DispatchController | undefined, error: Error): void => {
      stage = 'over'
      clearTimeout(timer)
      handler.onResponseError(controller, error)
    }
    const attempt = (url: string): void => {
      pools.get(url)?.dispatch(request, {
        ...handler,
        onRequestStart: (controller, context) => {
          if (stage === 'over') return controller.abort(late())
          stage = 'sent'
          clearTimeout(timer)
          handler.onRequestStart(controller, context)
        },
        onResponseError: (controller, error) => {
          if (stage === 'over') return
          if (!controller?.aborted) turns.skip(url)
          const next = stage === 'sent' ? undefined : rest.shift()
          if (next === undefined) end(controller, error)
          else attempt(next)
        },
      })
    }
    attempt(first)
    // Nearly always there is a connection, and it has been sent by now.
    if (stage === 'waiting') timer = setTimeout(() => end(undefined, late()), timeoutMs)
  }

  return {
    dispatch,
    close: async (): Promise<void> => {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
    },
  }
}

export type Upstream = ReturnType<typeof createUpstream>
