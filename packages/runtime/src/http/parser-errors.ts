/** Answers what node's HTTP parser refuses, and its time-outs, with problems instead of bare status lines. */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../logger/index.ts'
import { badRequest, Problem } from '../problem/index.ts'
import type { HttpServer } from './messages.ts'
import { problemMessage } from './problem-message.ts'
import type { SecurityHeadersInit } from './security-headers.ts'

const malformed = (): Problem => badRequest('The request is not valid HTTP', 'MALFORMED_REQUEST')

const problems: Readonly<Record<string, () => Problem>> = {
  HPE_HEADER_OVERFLOW: () =>
    new Problem({ status: 431, code: 'HEADERS_TOO_LARGE', detail: 'The headers are too large' }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () =>
    new Problem({ status: 413, code: 'PAYLOAD_TOO_LARGE', detail: 'The chunk extensions are too large' }),
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new Problem({ status: 408, code: 'REQUEST_TIMEOUT', detail: 'The request took too long to arrive' }),
}

export interface ParserErrorsInit {
  readonly logger: Logger
  /** As for the application's answers. */
  readonly strictTransportSecurity?: boolean
}

export const answerParserErrors = (server: HttpServer, init: ParserErrorsInit): void => {
  const { logger } = init
  const answering = new WeakMap<Socket, ServerResponse>()
  server.prependListener('request', (req, res) => answering.set(req.socket, res))

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const problem = (problems[error.code ?? ''] ?? malformed)()
    logger.debug({ status: problem.status, reason: error.code }, 'request refused by the parser')
    // Bytes put behind an answer that has begun would be read as part of it, or as a second one.
    const begun = answering.get(socket)
    const isAnswered = begun?.headersSent === true && !(begun.writableFinished && begun.req.complete)
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswered) {
      socket.destroy()
      return
    }
    endWith(socket, problem, init)
  })

  // Without a listener, Node closes the connection and says nothing. @see RFC 9110 §9.3.6
  server.on('connect', (_req, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    endWith(socket, badRequest('This server is no proxy'), init)
  })

  server.on('checkExpectation', (_req, res) => {
    const { headers, body } = problemMessage(
      new Problem({
        status: 417,
        code: 'EXPECTATION_FAILED',
        detail: 'Only "Expect: 100-continue" is known',
      }),
      init,
    )
    res.writeHead(417, headers).end(body)
  })
}

/** Without node's help, which would also tell the time. @see RFC 9110 §6.6.1 */
const endWith = (socket: Socket, problem: Problem, browsers: SecurityHeadersInit): void => {
  const { headers, body } = problemMessage(problem, browsers)
  const head = Object.entries({ Date: new Date().toUTCString(), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const status = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`
  socket.end([status, ...head, '', body].join('\r\n'))
  socket.destroySoon()
}
