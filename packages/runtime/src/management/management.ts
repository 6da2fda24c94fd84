/**
 * The port that operators and orchestrators read, never users: `/livez` (the process runs), `/readyz` (it can
 * do its work; `?verbose` says why not), `/metrics` (Prometheus). Probes are not logged.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Health } from '../health/index.ts'
import { type RunningHttpServer, startHttpServer } from '../http/index.ts'
import { problemMessage } from '../http/problem-message.ts'
import type { Logger } from '../logger/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { internalError, methodNotAllowed, notFound, type Problem } from '../problem/index.ts'

export interface ManagementInit {
  readonly port: number
  readonly host: string
  readonly health: Health
  readonly metrics: Metrics
  readonly logger: Logger
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})

export const startManagementServer = (init: ManagementInit): Promise<RunningHttpServer> =>
  startHttpServer({
    app: listener(init),
    port: init.port,
    host: init.host,
    logger: init.logger,
    // Probes and scrapes come again by themselves; a stop need not wait for them.
    timeouts: { farewellMs: 0 },
  })

const listener =
  (init: ManagementInit): RequestListener =>
  async (req, res) => {
    try {
      const { pathname, searchParams } = new URL(req.url ?? '/', 'http://management')
      const answer = await answerTo(pathname, searchParams.has('verbose'), init)
      if (answer === undefined) refuse(res, notFound())
      else if (req.method !== 'GET' && req.method !== 'HEAD') refuse(res, methodNotAllowed(['GET', 'HEAD']))
      else send(req, res, answer)
    } catch (error) {
      init.logger.error({ error }, 'management request failed')
      refuse(res, internalError(error))
    }
  }

const answerTo = async (
  path: string,
  verbose: boolean,
  init: ManagementInit,
): Promise<Answer | undefined> => {
  if (path === '/livez') return json(200, { status: 'alive' })
  if (path === '/metrics') return { status: 200, ...(await init.metrics.render()) }
  if (path !== '/readyz') return undefined
  const report = await init.health.report()
  const ready = report.status === 'ready' || report.status === 'degraded'
  return json(ready ? 200 : 503, verbose ? report : { status: report.status })
}

const send = (req: IncomingMessage, res: ServerResponse, { status, contentType, body }: Answer): void => {
  res.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  res.end(req.method === 'HEAD' ? undefined : body)
}

const refuse = (res: ServerResponse, problem: Problem): void => {
  const { headers, body } = problemMessage(problem)
  res.writeHead(problem.status, headers).end(body)
}
