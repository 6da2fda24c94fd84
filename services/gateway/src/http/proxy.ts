/**
 * Streams a request to a service and its answer back, over kept-alive mutual TLS. Nothing is parsed, and nothing that
 * was sent is sent again: it may have been acted on, and only the client knows whether to repeat it.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { Problem, unavailable } from '@latchkey/runtime/problem'
import type { Request, Response } from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Upstream } from '../domain/routes.ts'
import { createTurns } from '../domain/turns.ts'
import { createReplicaAgent } from './replica-agent.ts'
import { bodyArrived, discardRest, requestTimeout, watchBody } from './request-body.ts'

export interface ProxyInit {
  urls: Readonly<Record<Upstream, readonly string[]>>
  tls: TlsMaterial
  /** How long a service may be silent, in ms. */
  timeoutMs: number
  now: () => Date
}

export interface ReverseProxy {
  /**
   * Resolves when the answer has ended.
   * @throws Problem 503 when the service does not answer, 408 or 413 when the request does not end in time or at all
   */
  forward: (upstream: Upstream, req: Request, res: Response) => Promise<void>
  close: () => void
}

/** The service's connection says nothing about the client's: whether that one is kept is for this server to say. */
const keepConnectionsApart = (answer: IncomingMessage, _req: IncomingMessage, res: ServerResponse) => {
  delete answer.headers['keep-alive']
  answer.headers.connection = res.shouldKeepAlive ? 'keep-alive' : 'close'
}

interface Journey {
  target: string
  /** The request is on its way to the service. */
  begin: (outgoing: ClientRequest) => void
  fail: (error: unknown) => void
}

const createUpstream = (name: Upstream, init: ProxyInit) => {
  const turns = createTurns(init.urls[name], init.now)
  const agent = createReplicaAgent({
    options: {
      ...init.tls,
      // The certificate must be the service's own, whatever host the URL names.
      servername: name,
      keepAlive: true,
      maxSockets: 256,
      // Idle connections are dropped well before the services drop them (75 s), so that none is used while it dies.
      timeout: 30_000,
    },
    replicas: init.urls[name],
    onAway: turns.skip,
  })
  const journeys = new WeakMap<object, Journey>()
  const middleware = createProxyMiddleware<Request, Response>({
    agent,
    router: req => journeys.get(req)?.target ?? turns.next(),
    xfwd: false,
    // The library's own plugins answer errors in plain text, with the internal URL in it.
    ejectPlugins: true,
    plugins: [
      proxy => {
        proxy.on('error', (error, req) => {
          if (req !== undefined) journeys.get(req)?.fail(error)
        })
        proxy.on('proxyReq', (outgoing, req) => journeys.get(req)?.begin(outgoing))
        proxy.on('proxyRes', keepConnectionsApart)
      },
    ],
  })

  const send = (req: Request, res: Response) =>
    new Promise<void>((resolve, reject) => {
      const target = turns.next()
      const begin = (outgoing: ClientRequest) => {
        // Silence is the service's only where the whole request has come.
        outgoing.setTimeout(init.timeoutMs, () => {
          outgoing.destroy(req.complete ? new Error('no answer in time') : requestTimeout())
        })
        watchBody(req, problem => outgoing.destroy(problem))
      }
      const fail = (error: unknown) => {
        // A client that left has not been failed by the service.
        if (res.destroyed) return resolve()
        discardRest(req)
        if (error instanceof Problem) return reject(error)
        turns.skip(target)
        reject(unavailable(`The ${name} service does not answer at the moment`, 2, error))
      }
      journeys.set(req, { target, begin, fail })
      res.once('close', resolve)
      middleware(req, res, (error?: unknown) => {
        if (error !== undefined) fail(error)
      })
    })

  const forward = async (req: Request, res: Response): Promise<void> => {
    try {
      await bodyArrived(req, init.timeoutMs)
    } catch (error) {
      discardRest(req)
      throw error
    }
    if (!res.destroyed) await send(req, res)
  }
  return { forward, close: () => agent.destroy() }
}

export const createProxy = (init: ProxyInit): ReverseProxy => {
  const upstreams = {
    identity: createUpstream('identity', init),
    token: createUpstream('token', init),
    session: createUpstream('session', init),
  } satisfies Record<Upstream, unknown>
  return {
    forward: (upstream, req, res) => upstreams[upstream].forward(req, res),
    close: () => {
      for (const upstream of Object.values(upstreams)) upstream.close()
    },
  }
}
