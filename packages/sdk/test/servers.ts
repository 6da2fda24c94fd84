/** One protected resource behind each adapter: what holds for one framework holds for all. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import * as ofFastify from '../src/fastify.ts'
import * as ofFetch from '../src/fetch.ts'
import { type AccessOptions, type AccessVerifier, claimsOf, requireBearer } from '../src/index.ts'

/** Answers with the subject of the token at every path. */
export interface ProtectedServer {
  readonly send: (path: string, init?: RequestInit) => Promise<Response>
  readonly close: () => Promise<void>
}

export type StartServer = (verifier: AccessVerifier, options?: AccessOptions) => Promise<ProtectedServer>

const sendTo =
  (port: number): ProtectedServer['send'] =>
  (path, init) =>
    fetch(`http://127.0.0.1:${port}${path}`, init)

const close = (server: Server) =>
  new Promise<void>(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const listen = async (listener: RequestListener): Promise<ProtectedServer> => {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { send: sendTo((server.address() as AddressInfo).port), close: () => close(server) }
}

const onNodeHttp: StartServer = (verifier, options) => {
  const guard = requireBearer(verifier, options)
  return listen((request, response) => {
    void guard(request, response, error => {
      if (error !== undefined) response.statusCode = 500
      response.end(error === undefined ? claimsOf(request).sub : '')
    })
  })
}

const onExpress: StartServer = (verifier, options) => {
  // The guard sees what the router has left of the path.
  const router = express.Router()
  router.use(requireBearer(verifier, options), (request, response) => {
    response.send(claimsOf(request).sub)
  })
  const app = express()
  app.use('/orders', router)
  app.use(router)
  return listen(app)
}

const onFastify: StartServer = async (verifier, options) => {
  const app = fastify({ forceCloseConnections: true })
  app.all(
    '*',
    { preHandler: ofFastify.requireBearer(verifier, options) },
    async request => ofFastify.claimsOf(request).sub,
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    send: sendTo((app.server.address() as AddressInfo).port),
    close: async () => {
      await app.close()
    },
  }
}

const onHono: StartServer = async (verifier, options) => {
  const guard = ofFetch.requireBearer(verifier, options)
  const app = new Hono()
  app.all('*', async context => {
    const access = await guard(context.req.raw)
    if (access instanceof Response) return access
    return context.text(access.claims.sub, 200, access.headers)
  })
  return {
    send: async (path, init) => app.request(`http://127.0.0.1${path}`, init),
    close: async () => undefined,
  }
}

export const servers: readonly (readonly [name: string, start: StartServer])[] = [
  ['node:http', onNodeHttp],
  ['Express', onExpress],
  ['Fastify', onFastify],
  ['Hono', onHono],
]
