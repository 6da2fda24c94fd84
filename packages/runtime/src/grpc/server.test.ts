import { connect } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { echoDefinition } from '../../test/grpc/echo.ts'
import { failureOf } from '../../test/grpc/failure-of.ts'
import { createEchoStack, createTls, type EchoHandlers } from '../../test/grpc/servers.ts'
import { createCertificateAuthority } from '../certificates/index.ts'
import { createContext, withContext } from '../context/index.ts'
import { createLogger } from '../logger/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { bindService, isUnavailable, RpcError } from './index.ts'

let stack: Awaited<ReturnType<typeof createEchoStack>>
beforeAll(async () => {
  stack = await createEchoStack()
})
afterEach(() => stack.closeAll())

describe('callers of a server', () => {
  it('are known by the name in their certificate', async () => {
    const { port } = await stack.startServer({ getEcho: async (_, { caller }) => ({ text: caller }) })
    const client = stack.createClient(`127.0.0.1:${port}`)
    await expect(client.getEcho({ text: '' })).resolves.toEqual({ text: 'gateway' })
  })

  it('are told apart on connections that are kept', async () => {
    const { port } = await stack.startServer(
      { getEcho: async (_, { caller }) => ({ text: caller }) },
      { allowedCallers: ['gateway', 'identity'] },
    )
    const gateway = stack.createClient(`127.0.0.1:${port}`)
    const identity = stack.createClient(`127.0.0.1:${port}`, {
      tls: await createTls(stack.authority, 'identity'),
    })
    const callers: string[] = []
    for (const client of [gateway, identity, gateway, identity])
      callers.push((await client.getEcho({ text: '' })).text)
    expect(callers).toEqual(['gateway', 'identity', 'gateway', 'identity'])
  })

  it('are refused with PERMISSION_DENIED where they are not listed, before any handler runs', async () => {
    let handled = 0
    const makeEcho = async ({ text }: { text: string }) => {
      handled++
      return { text }
    }
    const { port } = await stack.startServer({ makeEcho })
    const notification = await createTls(stack.authority, 'notification')
    const client = stack.createClient(`127.0.0.1:${port}`, { tls: notification })
    expect(await failureOf(client.makeEcho({ text: '' }))).toMatchObject({
      status: 'PERMISSION_DENIED',
      reason: 'CALLER_NOT_ALLOWED',
      metadata: { caller: 'notification' },
    })
    expect(handled).toBe(0)
  })

  it('get no connection with a certificate of another authority', async () => {
    const { port } = await stack.startServer()
    const foreign = await createTls(await createCertificateAuthority(), 'gateway')
    const client = stack.createClient(`127.0.0.1:${port}`, { tls: { ...foreign, ca: stack.gatewayTls.ca } })
    expect(await failureOf(client.getEcho({ text: '' }))).toMatchObject({ status: 'UNAVAILABLE' })
  })

  it('get no connection without a certificate', async () => {
    const { port } = await stack.startServer()
    const { ca } = stack.gatewayTls
    const socket = connect({ port, host: '127.0.0.1', ca, servername: 'session', ALPNProtocols: ['h2'] })
    const error = await new Promise<Error>(resolve => socket.once('error', resolve))
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' })
  })

  it('refuse a server that has the name of another', async () => {
    const { port } = await stack.startServer()
    const client = stack.createClient(`localhost:${port}`, { serverName: 'token' })
    expect(await failureOf(client.getEcho({ text: '' }))).toMatchObject({ status: 'UNAVAILABLE' })
  })
})

describe('failures of handlers', () => {
  it('carry status, reason, message and metadata of an RpcError', async () => {
    const { port } = await stack.startServer({
      getEcho: async () => {
        throw new RpcError('ECHO_NOT_FOUND', 'NOT_FOUND', 'no such echo', { metadata: { echo: 'e1' } })
      },
    })
    expect(await failureOf(stack.createClient(`127.0.0.1:${port}`).getEcho({ text: 'x' }))).toMatchObject({
      status: 'NOT_FOUND',
      reason: 'ECHO_NOT_FOUND',
      message: 'no such echo',
      metadata: { echo: 'e1' },
      method: '/latchkey.test.v1.EchoService/GetEcho',
    })
  })

  it('say nothing of an unexpected error, which is logged with the request id', async () => {
    const lines: string[] = []
    const logger = createLogger({ service: 'session', destination: { write: line => void lines.push(line) } })
    const getEcho = async () => {
      throw new Error('relation "echoes" does not exist')
    }
    const { port } = await stack.startServer({ getEcho }, { logger })
    const client = stack.createClient(`127.0.0.1:${port}`)
    const context = createContext({ requestId: 'request-12345' })
    const failure = await withContext(context, () => failureOf(client.getEcho({ text: 'x' })))
    expect(failure).toMatchObject({ status: 'INTERNAL', reason: 'INTERNAL_ERROR', message: 'internal error' })
    expect(lines.map(line => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        request_id: 'request-12345',
        trace_id: context.traceId,
        error: expect.objectContaining({ message: 'relation "echoes" does not exist' }),
      }),
    )
  })

  it('are translated by the service, where it knows them', async () => {
    class EchoLost extends Error {}
    const fail = async () => {
      throw new EchoLost()
    }
    const service = bindService(
      echoDefinition,
      { getEcho: fail, makeEcho: fail },
      {
        toRpcError: error =>
          error instanceof EchoLost ? new RpcError('ECHO_LOST', 'ABORTED', 'the echo is lost') : undefined,
      },
    )
    const { port } = await stack.startServer({}, { services: [service] })
    expect(await failureOf(stack.createClient(`127.0.0.1:${port}`).makeEcho({ text: '' }))).toMatchObject({
      status: 'ABORTED',
      reason: 'ECHO_LOST',
    })
  })

  it('pass the absence of a further service on as UNAVAILABLE', async () => {
    const absent = stack.createClient('127.0.0.1:9')
    const { port } = await stack.startServer({ makeEcho: request => absent.makeEcho(request) })
    expect(await failureOf(stack.createClient(`127.0.0.1:${port}`).makeEcho({ text: '' }))).toMatchObject({
      status: 'UNAVAILABLE',
      reason: 'DEPENDENCY_UNAVAILABLE',
    })
  })

  it('are not left to chance: a method without a handler does not bind', () => {
    const incomplete: Partial<EchoHandlers> = { getEcho: async () => ({ text: '' }) }
    expect(() => bindService(echoDefinition, incomplete as EchoHandlers)).toThrow(
      '/latchkey.test.v1.EchoService/MakeEcho',
    )
  })
})

describe('a server', () => {
  it('measures calls by method and status', async () => {
    const metrics = createMetrics('session')
    const { port } = await stack.startServer({}, { metrics })
    const client = stack.createClient(`127.0.0.1:${port}`, { metrics })
    await client.getEcho({ text: 'x' })
    const { body } = await metrics.render()
    for (const side of ['server', 'client']) {
      expect(body).toMatch(new RegExp(`grpc_${side}_duration_seconds_count{.*GetEcho.*status="OK".*} 1`))
    }
  })

  it('rejects where its port is taken', async () => {
    const { port } = await stack.startServer()
    await expect(stack.startServer({}, { port })).rejects.toThrow(/EADDRINUSE|bind/)
  })

  it('cuts calls off that outlast the deadline of its close', async () => {
    const started = Promise.withResolvers<void>()
    const server = await stack.startServer({
      makeEcho: () => {
        started.resolve()
        return new Promise(() => {})
      },
    })
    const call = failureOf(
      stack.createClient(`127.0.0.1:${server.port}`).makeEcho({ text: '' }, { deadlineMs: 10_000 }),
    )
    await started.promise
    await server.close(50)
    expect(isUnavailable(await call)).toBe(true)
  })
})
