/** Answers what node's HTTP parser refuses, and its time-outs, with problems instead of bare status lines. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { createContext } from '../context/index.ts'
import type { Logger } from '../logger/index.ts'
import { badRequest, Problem } from '../problem/index.ts'
import type { HttpServer, Response } from './messages.ts'
import { problemMessage } from './problem-message.ts'

const malformed = (): Problem => badRequest('The request is not valid HTTP', 'MALFORMED_REQUEST')

const problems: Readonly<Record<string, () => Problem>> = {
  HPE_HEADER_OVERFLOW: () =>
    new Problem({ status: 431, code: 'HEADERS_TOO_LARGE', detail: 'The headers are too large' }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () =>
    new Problem({ status: 413, code: 'PAYLOAD_TOO_LARGE', detail: 'The chunk extensions are too large' }),
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new Problem({ status: 408, code: 'REQUEST_TIMEOUT', detail: 'The request took too long to arrive' }),
}

const unknownExpectation = (): Problem =>
  new Problem({ status: 417, code: 'EXPECTATION_FAILED', detail: 'Only "Expect: 100-continue" is known' })

export interface ParserErrorsInit {
  readonly logger: Logger
  /** As for the application's answers. */
  readonly strictTransportSecurity?: boolean
}

export const answerParserErrors = (server: HttpServer, init: ParserErrorsInit): void => {
  const { logger, strictTransportSecurity = false } = init
  const answering = new WeakMap<Socket, Response>()
  server.prependListener('request', (req, res) => answering.set(req.socket, res))

  /** The answer, and the line in the log that is found by its request id. */
  const refuse = (problem: Problem, wantedId: unknown, reason?: string) => {
    const { requestId } = createContext({ requestId: wantedId })
    const line = { request_id: requestId, status: problem.status, reason }
    logger.info(line, 'request refused by the parser')
    return problemMessage(problem, { requestId, strictTransportSecurity })
  }

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const problem = (problems[error.code ?? ''] ?? malformed)()
    const begun = answering.get(socket)
    const isInBody = begun?.req.complete === false
    // Bytes put behind an answer that has begun would be read as part of it, or as a second one.
    const isAnswered = begun?.headersSent === true && (isInBody || !begun.writableFinished)
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswered) {
      socket.destroy()
      return
    }
    // What is wrong in a body is wrong with the request that it is of, which has an id by now.
    const requestId = isInBody ? begun.getHeader('X-Request-Id') : undefined
    endWith(socket, problem.status, refuse(problem, requestId, error.code))
  })

  // Without a listener, Node closes the connection and says nothing. @see RFC 9110 §9.3.6
  server.on('connect', (req, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    const problem = badRequest('This server is no proxy')
    endWith(socket, problem.status, refuse(problem, req.headers['x-request-id'], 'CONNECT'))
  })

  server.on('checkExpectation', (req, res) => {
    const { headers, body } = refuse(unknownExpectation(), req.headers['x-request-id'], 'EXPECT')
    res.writeHead(417, headers).end(body)
  })
}

/** Without node's help, which would also tell the time. @see RFC 9110 §6.6.1 */
const endWith = (
  socket: Socket,
  status: number,
  { headers, body }: ReturnType<typeof problemMessage>,
): void => {
  const head = Object.entries({ Date: new Date().toUTCString(), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', body].join('\r\n'))
  socket.destroySoon()
}
