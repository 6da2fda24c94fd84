import { Client, type ClientReadableStream } from '@grpc/grpc-js'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { failureOf } from '../../test/grpc/failure-of.ts'
import { createEchoStack, createTls } from '../../test/grpc/servers.ts'
import { createHealth } from '../health/index.ts'
import { createClientCredentials } from './credentials.ts'
import { type HealthCheckResponse, healthDefinition } from './health-definition.ts'
import { createGrpcClient, createHealthClient } from './index.ts'

let stack: Awaited<ReturnType<typeof createEchoStack>>
let databaseUp: boolean
let queueUp: boolean
beforeAll(async () => {
  stack = await createEchoStack()
})
beforeEach(() => {
  databaseUp = true
  queueUp = true
})
afterEach(() => stack.closeAll())

const upIf = (isUp: () => boolean) => async () => {
  if (!isUp()) throw new Error('away')
}

const startServer = async () => {
  const health = createHealth({
    checks: { database: upIf(() => databaseUp) },
    optionalChecks: { queue: upIf(() => queueUp) },
    cacheMs: 0,
  })
  const server = await stack.startServer({}, { health })
  const init = { target: `127.0.0.1:${server.port}`, tls: stack.gatewayTls, serverName: 'session' }
  return { server, health, init, client: createHealthClient(init) }
}

describe('grpc.health.v1 Check', () => {
  it('answers for the whole, for each RPC service and for each check', async () => {
    const { client } = await startServer()
    for (const name of ['', 'latchkey.test.v1.EchoService', 'database', 'queue']) {
      expect(await client.check(name)).toBe('serving')
    }
    databaseUp = false
    for (const name of ['', 'latchkey.test.v1.EchoService', 'database']) {
      expect(await client.check(name)).toBe('not_serving')
    }
    expect(await client.check('queue')).toBe('serving')
    client.close()
  })

  it('calls the whole serving while only an optional part is away', async () => {
    const { client } = await startServer()
    queueUp = false
    expect(await client.check()).toBe('serving')
    expect(await client.check('queue')).toBe('not_serving')
    client.close()
  })

  it('answers NOT_FOUND for an unknown name', async () => {
    const { init } = await startServer()
    const client = createGrpcClient(healthDefinition, init)
    expect(await failureOf(client.check({ service: 'nothing' }))).toMatchObject({ status: 'NOT_FOUND' })
    client.close()
  })

  it('answers any process of ours, listed as a caller or not', async () => {
    const { init } = await startServer()
    const tls = await createTls(stack.authority, 'notification')
    const client = createHealthClient({ ...init, tls })
    expect(await client.check()).toBe('serving')
    client.close()
  })
})

describe('grpc.health.v1 List', () => {
  it('names everything with its status', async () => {
    queueUp = false
    const { init } = await startServer()
    const client = createGrpcClient(healthDefinition, init)
    expect((await client.list({})).statuses).toEqual({
      '': { status: 'SERVING' },
      'latchkey.test.v1.EchoService': { status: 'SERVING' },
      database: { status: 'SERVING' },
      queue: { status: 'NOT_SERVING' },
    })
    client.close()
  })
})

describe('grpc.health.v1 Watch', () => {
  const watch = (port: number, service: string) => {
    const client = new Client(`127.0.0.1:${port}`, createClientCredentials(stack.gatewayTls), {
      'grpc.ssl_target_name_override': 'session',
    })
    const { path, requestSerialize, responseDeserialize } = healthDefinition.Watch
    const call: ClientReadableStream<HealthCheckResponse> = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service },
    )
    const seen: string[] = []
    call.on('data', ({ status }: HealthCheckResponse) => seen.push(status))
    call.on('error', (error: Error) => seen.push(error.message))
    return {
      seen,
      close: () => {
        call.cancel()
        client.close()
      },
    }
  }

  it('tells the status at once and at each change', async () => {
    const { server } = await startServer()
    const { seen, close } = watch(server.port, 'database')
    await eventually(() => expect(seen).toEqual(['SERVING']))
    databaseUp = false
    await eventually(() => expect(seen).toEqual(['SERVING', 'NOT_SERVING']))
    close()
  })

  it('answers SERVICE_UNKNOWN for an unknown name and goes on', async () => {
    const { server } = await startServer()
    const { seen, close } = watch(server.port, 'nothing')
    await eventually(() => expect(seen).toEqual(['SERVICE_UNKNOWN']))
    close()
  })

  it('tells of a drain, ends, and does not hold up the close', async () => {
    const { server } = await startServer()
    const { seen, close } = watch(server.port, '')
    await eventually(() => expect(seen).toEqual(['SERVING']))
    const startedAt = performance.now()
    await server.close(10_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    await eventually(() =>
      expect(seen).toEqual(['SERVING', 'NOT_SERVING', '14 UNAVAILABLE: the server is closing']),
    )
    close()
  })
})

describe('a health client', () => {
  it('calls a process that is draining not serving', async () => {
    const { health, client } = await startServer()
    health.drain()
    expect(await client.check()).toBe('not_serving')
    client.close()
  })

  it('calls a process that is away or too slow unavailable', async () => {
    const { server, init, client } = await startServer()
    await server.close(0)
    expect(await client.check()).toBe('unavailable')
    client.close()
    const slow = await stack.startServer(
      {},
      { health: createHealth({ checks: { database: () => new Promise(() => {}) } }) },
    )
    const impatient = createHealthClient({ ...init, target: `127.0.0.1:${slow.port}`, deadlineMs: 100 })
    expect(await impatient.check()).toBe('unavailable')
    impatient.close()
  })
})
