import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { failureOf } from '../../test/grpc/failure-of.ts'
import { createEchoStack } from '../../test/grpc/servers.ts'
import { createContext, currentContext, withContext } from '../context/index.ts'
import type { RpcFailure } from './index.ts'

let stack: Awaited<ReturnType<typeof createEchoStack>>
beforeAll(async () => {
  stack = await createEchoStack()
})
afterEach(() => stack.closeAll())

const never = () => new Promise<never>(() => {})

/** A server whose handlers call another one, as token calls session. */
const startChain = async (far: Parameters<typeof stack.startServer>[0]) => {
  const farServer = await stack.startServer(far)
  const farClient = stack.createClient(`127.0.0.1:${farServer.port}`, { deadlineMs: 10_000 })
  return { farClient, startNear: stack.startServer }
}

describe('the deadline of a call', () => {
  it('ends a call that gets no answer', async () => {
    const { port } = await stack.startServer({ makeEcho: never })
    const client = stack.createClient(`127.0.0.1:${port}`, { deadlineMs: 100 })
    const startedAt = performance.now()
    expect(await failureOf(client.makeEcho({ text: '' }))).toMatchObject({ status: 'DEADLINE_EXCEEDED' })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('ends a call to a server that is not there', async () => {
    const client = stack.createClient('ipv4:203.0.113.1:9', { deadlineMs: 100 })
    const { status } = await failureOf(client.makeEcho({ text: '' }))
    expect(['DEADLINE_EXCEEDED', 'UNAVAILABLE']).toContain(status)
  })

  it('is known to the handler', async () => {
    let deadlineAt: Date | undefined
    const { port } = await stack.startServer({
      getEcho: async request => {
        deadlineAt = currentContext()?.deadlineAt
        return request
      },
    })
    const before = Date.now()
    await stack.createClient(`127.0.0.1:${port}`, { deadlineMs: 1_500 }).getEcho({ text: '' })
    expect(deadlineAt?.getTime()).toBeGreaterThan(before + 1_000)
    expect(deadlineAt?.getTime()).toBeLessThanOrEqual(Date.now() + 1_500)
  })

  it('is passed on: a call made for another one ends with it', async () => {
    const { farClient, startNear } = await startChain({ makeEcho: never })
    const farCall = Promise.withResolvers<RpcFailure>()
    const near = await startNear({
      makeEcho: async request => {
        farCall.resolve(await failureOf(farClient.makeEcho(request)))
        return request
      },
    })
    // Long enough for a busy machine to connect.
    const client = stack.createClient(`127.0.0.1:${near.port}`, { deadlineMs: 3_000 })
    expect(await failureOf(client.makeEcho({ text: '' }))).toMatchObject({ status: 'DEADLINE_EXCEEDED' })
    const { status } = await farCall.promise
    expect(['DEADLINE_EXCEEDED', 'CANCELLED']).toContain(status)
  })

  it('of an HTTP request bounds its calls too', async () => {
    const { port } = await stack.startServer({ makeEcho: never })
    const client = stack.createClient(`127.0.0.1:${port}`, { deadlineMs: 10_000 })
    const context = createContext({ deadlineAt: new Date(Date.now() + 100) })
    const failure = await withContext(context, () => failureOf(client.makeEcho({ text: '' })))
    expect(failure.status).toBe('DEADLINE_EXCEEDED')
  })

  it('does not bind work that outlives the call that began it', async () => {
    const { farClient, startNear } = await startChain({})
    const later = Promise.withResolvers<{ text: string }>()
    const near = await startNear({
      makeEcho: async request => {
        void delay(3_100).then(() => later.resolve(farClient.makeEcho({ text: 'relayed' })))
        return request
      },
    })
    await stack.createClient(`127.0.0.1:${near.port}`, { deadlineMs: 3_000 }).makeEcho({ text: '' })
    await expect(later.promise).resolves.toEqual({ text: 'relayed' })
  })
})

describe('a caller that goes away', () => {
  it('aborts the signal of the handler, and with it the calls that the handler makes', async () => {
    const { farClient, startNear } = await startChain({ makeEcho: never })
    const handling = Promise.withResolvers<AbortSignal>()
    const farCall = Promise.withResolvers<RpcFailure>()
    const near = await startNear({
      makeEcho: async (request, { signal }) => {
        handling.resolve(signal)
        farCall.resolve(await failureOf(farClient.makeEcho(request)))
        return request
      },
    })
    const client = stack.createClient(`127.0.0.1:${near.port}`, { deadlineMs: 10_000 })
    const call = failureOf(client.makeEcho({ text: '' }))
    const signal = await handling.promise
    await near.close(0)
    expect(await farCall.promise).toMatchObject({ status: 'CANCELLED' })
    expect(signal.aborted).toBe(true)
    await call
  })

  it('aborts nothing once it has its answer', async () => {
    const { startNear } = await startChain({})
    const signals: AbortSignal[] = []
    const near = await startNear({
      makeEcho: async (request, { signal }) => {
        signals.push(signal)
        return request
      },
    })
    await stack.createClient(`127.0.0.1:${near.port}`).makeEcho({ text: '' })
    await near.close(1_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })
})
