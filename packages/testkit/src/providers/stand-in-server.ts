/** What stand-ins for providers have in common: a port of loopback, and answers that may be made to fail. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface StandInRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

export interface StandInAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

export interface StandInServer {
  readonly origin: string
  /** How often a path was asked. */
  readonly asked: (path: string) => number
  /** What the path answers next, one after the other, before it works again. */
  readonly failNext: (path: string, ...answers: readonly StandInAnswer[]) => void
  readonly close: () => Promise<void>
}

export const startStandInServer = async (
  answer: (request: StandInRequest, origin: string) => Promise<StandInAnswer> | StandInAnswer,
): Promise<StandInServer> => {
  const counts = new Map<string, number>()
  const failures = new Map<string, StandInAnswer[]>()
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://stand-in')
    counts.set(url.pathname, (counts.get(url.pathname) ?? 0) + 1)
    const form = new URLSearchParams(req.method === 'POST' ? await text(req) : '')
    const failure = failures.get(url.pathname)?.shift()
    const request = {
      method: req.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      form,
    }
    const { status = 200, headers = {}, json = {} } = failure ?? (await answer(request, origin()))
    res
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(status === 204 ? undefined : JSON.stringify(json))
  })
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: origin(),
    asked: path => counts.get(path) ?? 0,
    failNext: (path, ...answers) => void failures.set(path, [...(failures.get(path) ?? []), ...answers]),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
