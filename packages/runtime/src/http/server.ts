/**
 * A listening HTTP server: time-outs against slow clients, TLS, mutual TLS with a list of callers, problems even
 * where node's parser gives up, and a close that lets requests in flight finish.
 */
import { createServer } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../logger/index.ts'
import { onlyFrom } from './allowed-callers.ts'
import type { HttpApp } from './app.ts'
import { closeGracefully } from './graceful-close.ts'
import { type HttpServer, Request, Response } from './messages.ts'
import { answerParserErrors } from './parser-errors.ts'

export interface ServerTls {
  readonly ca?: string | Buffer
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

export interface HttpServerInit {
  readonly app: HttpApp
  readonly port: number
  readonly host: string
  readonly tls?: ServerTls
  /** The services that may call, by the names in their certificates; needs `tls` with `ca`. */
  readonly allowedCallers?: readonly string[]
  readonly logger: Logger
  /** As the application does: for what is refused before it hears of it. */
  readonly strictTransportSecurity?: boolean
  readonly timeouts?: Partial<HttpTimeouts>
}

export interface HttpTimeouts {
  readonly headersMs: number
  readonly requestMs: number
  readonly keepAliveMs: number
  /**
   * For how long, once the port is closed, kept connections still get an answer, each as their last: nobody's request
   * is cut off on its way. Under load all of them are used, and so ended, within half a second.
   */
  readonly farewellMs: number
}

// Keep-alive outlasts the idle time of common load balancers (60 s), so that they, not we, close first.
const defaultTimeouts: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 75_000,
  farewellMs: 500,
}

const maxHeaderBytes = 16 * 1024

// What strangers may speak. Node's own list goes on to TLS 1.2 suites with CBC or without forward secrecy, which FAPI 2.0
// §5.2.2 forbids: of that version only those that RFC 9325 §4.2 recommends.
const publicCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

export interface RunningHttpServer {
  readonly port: number
  /** Takes no new connection, waits for requests in flight, and cuts off what is left after `deadlineMs`. */
  close(deadlineMs?: number): Promise<void>
}

/** @throws when the port can't be listened on. */
export const startHttpServer = async (init: HttpServerInit): Promise<RunningHttpServer> => {
  const timeouts = { ...defaultTimeouts, ...init.timeouts }
  const server = createListener(init, {
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: Math.min(5_000, timeouts.headersMs),
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
    IncomingMessage: Request,
    ServerResponse: Response,
    handshakeTimeout: timeouts.headersMs,
  })
  answerParserErrors(server, init)
  const close = closeGracefully(server, timeouts.farewellMs)
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(init.port, init.host, listening.resolve)
  await listening.promise
  server.on('error', error => init.logger.error({ error }, 'http server failed'))
  return { port: (server.address() as AddressInfo).port, close }
}

const createListener = (
  { app, tls, allowedCallers, logger }: HttpServerInit,
  options: TlsServerOptions<typeof Request, typeof Response>,
): HttpServer => {
  if (tls === undefined) {
    if (allowedCallers !== undefined) throw new Error('allowed callers are told apart by TLS certificates')
    return createServer(options, app)
  }
  if (allowedCallers === undefined)
    return createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', ciphers: publicCiphers }, app)
  return createTlsServer(
    { ...options, ...tls, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: true },
    onlyFrom(allowedCallers, app, logger),
  )
}
