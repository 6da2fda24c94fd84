import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '@latchkey/testkit'
import { failureOf } from '../../test/grpc/failure-of.ts'
import { startRefusingServer } from '../../test/grpc/refusing-server.ts'
import { createEchoStack } from '../../test/grpc/servers.ts'
import { createContext, currentContext, type RequestContext, withContext } from '../context/index.ts'
import { isUnavailable, RpcError } from './index.ts'

let stack: Awaited<ReturnType<typeof createEchoStack>>
beforeAll(async () => {
  stack = await createEchoStack()
})
afterEach(() => stack.closeAll())

describe('the request that a call is made for', () => {
  const startRecorder = async () => {
    const contexts: (RequestContext | undefined)[] = []
    const { port } = await stack.startServer({
      getEcho: async request => {
        contexts.push(currentContext())
        return request
      },
    })
    return { contexts, client: stack.createClient(`127.0.0.1:${port}`) }
  }

  it('lends its request id and its trace to the handler', async () => {
    const { contexts, client } = await startRecorder()
    const context = createContext({ requestId: 'request-12345' })
    await withContext(context, () => client.getEcho({ text: '' }))
    expect(contexts[0]).toMatchObject({ requestId: 'request-12345', traceId: context.traceId })
    expect(contexts[0]?.spanId).not.toBe(context.spanId)
  })

  it('need not be: a call outside of any gets ids of its own', async () => {
    const { contexts, client } = await startRecorder()
    await client.getEcho({ text: '' })
    await client.getEcho({ text: '' })
    expect(contexts[0]?.requestId).toMatch(/^[A-Za-z0-9._-]{8,128}$/)
    expect(contexts[0]?.requestId).not.toBe(contexts[1]?.requestId)
  })
})

describe('a server that refuses calls unread (RFC 9113 §8.7)', () => {
  it.each(['getEcho', 'makeEcho'] as const)('is asked again, whatever the call does: %s', async method => {
    const server = await startRefusingServer(stack.serverTls, 5)
    try {
      const client = stack.createClient(`127.0.0.1:${server.port}`)
      expect(await client[method]({ text: 'x' })).toEqual({ text: 'x' })
    } finally {
      server.close()
    }
  })

  it('is given up where it goes on', async () => {
    const server = await startRefusingServer(stack.serverTls, Number.POSITIVE_INFINITY)
    try {
      const client = stack.createClient(`127.0.0.1:${server.port}`)
      expect(await failureOf(client.makeEcho({ text: 'x' }))).toMatchObject({ status: 'UNAVAILABLE' })
    } finally {
      server.close()
    }
  })
})

describe('a server that is away', () => {
  const failTimes = (times: number) => {
    let calls = 0
    const handler = async ({ text }: { text: string }) => {
      if (++calls <= times) throw new RpcError('DATABASE_UNAVAILABLE', 'UNAVAILABLE', 'the database is away')
      return { text }
    }
    return { handler, calls: () => calls }
  }

  it('is asked again where the call is a read', async () => {
    const { handler, calls } = failTimes(2)
    const { port } = await stack.startServer({ getEcho: handler })
    await expect(stack.createClient(`127.0.0.1:${port}`).getEcho({ text: 'x' })).resolves.toEqual({
      text: 'x',
    })
    expect(calls()).toBe(3)
  })

  it('is not asked again where the call is none', async () => {
    const { handler, calls } = failTimes(2)
    const { port } = await stack.startServer({ makeEcho: handler })
    const failure = await failureOf(stack.createClient(`127.0.0.1:${port}`).makeEcho({ text: 'x' }))
    expect(failure).toMatchObject({ status: 'UNAVAILABLE', reason: 'DATABASE_UNAVAILABLE' })
    expect(isUnavailable(failure)).toBe(true)
    expect(calls()).toBe(1)
  })

  it('is found again within seconds of its return', async () => {
    const port = await freePort()
    const client = stack.createClient(`127.0.0.1:${port}`)
    expect(isUnavailable(await failureOf(client.makeEcho({ text: '' })))).toBe(true)
    const first = await stack.startServer({}, { port })
    const callUntilAnswered = async () => {
      const giveUpAt = performance.now() + 15_000
      for (;;) {
        try {
          return await client.makeEcho({ text: 'back' })
        } catch (error) {
          if (!isUnavailable(error) || performance.now() > giveUpAt) throw error
          await delay(20)
        }
      }
    }
    await expect(callUntilAnswered()).resolves.toEqual({ text: 'back' })
    await first.close(0)
    await stack.startServer({}, { port })
    await expect(callUntilAnswered()).resolves.toEqual({ text: 'back' })
  })
})

describe('isUnavailable', () => {
  it('tells a service that is away from one that refuses', async () => {
    const { port } = await stack.startServer({
      makeEcho: async () => {
        throw new RpcError('ECHO_NOT_FOUND', 'NOT_FOUND', 'no such echo')
      },
    })
    expect(
      isUnavailable(await failureOf(stack.createClient(`127.0.0.1:${port}`).makeEcho({ text: '' }))),
    ).toBe(false)
    expect(isUnavailable(new Error('UNAVAILABLE'))).toBe(false)
  })
})
