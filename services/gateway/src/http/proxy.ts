/**
 * Passes a request to a service and its answer back, over kept-alive mutual TLS. Nothing is parsed, and nothing that
 * was sent is sent again: it may have been acted on, and only the client knows whether to repeat it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import type { Request, Response } from '@latchkey/runtime/http'
import { unavailable } from '@latchkey/runtime/problem'
import type { Upstream as UpstreamName } from '../domain/routes.ts'
import { relayAnswer } from './relay-answer.ts'
import { readWholeBody } from './request-body.ts'
import { createUpstream } from './upstream.ts'

export interface ProxyInit {
  readonly urls: Readonly<Record<UpstreamName, readonly string[]>>
  readonly tls: TlsMaterial
  /** How long a service may be silent, in ms. */
  readonly timeoutMs: number
  /** How long a client may take nothing of its answer, in ms; a minute by default. */
  readonly stalledMs?: number
  readonly now: () => Date
}

/** What the service gets. */
export interface Forwarded {
  /** With the query string. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

export interface ReverseProxy {
  /**
   * Resolves when the answer has ended.
   * @throws Problem 503 when the service does not answer, 408 or 413 when the request does not end in time or at all
   */
  readonly forward: (
    upstream: UpstreamName,
    forwarded: Forwarded,
    req: Request,
    res: Response,
  ) => Promise<void>
  readonly close: () => Promise<void>
}

export const createProxy = ({ urls, tls, timeoutMs, stalledMs = 60_000, now }: ProxyInit): ReverseProxy => {
  const upstreamOf = (name: UpstreamName) => createUpstream({ name, urls: urls[name], tls, timeoutMs, now })
  const upstreams = {
    identity: upstreamOf('identity'),
    token: upstreamOf('token'),
    session: upstreamOf('session'),
  } satisfies Record<UpstreamName, unknown>

  const forward: ReverseProxy['forward'] = async (name, { path, headers }, req, res) => {
    const body = await readWholeBody(req, timeoutMs)
    // The client left while its body was awaited.
    if (res.destroyed) return
    await new Promise<void>((resolve, reject) => {
      const failed = (error: unknown) =>
        reject(unavailable(`The ${name} service does not answer at the moment`, 2, error))
      const request = { method: req.method, path, headers, body: body ?? null, reset: false }
      upstreams[name].dispatch(request, relayAnswer(res, { done: resolve, failed, stalledMs }))
    })
  }

  return {
    forward,
    close: async () => {
      await Promise.all(Object.values(upstreams).map(upstream => upstream.close()))
    },
  }
}
