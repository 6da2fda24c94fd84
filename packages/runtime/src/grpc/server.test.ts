import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createEchoStack } from '../../test/grpc/servers.ts'
import { RpcError, RpcFailure } from './index.ts'

let stack: Awaited<ReturnType<typeof createEchoStack>>
beforeAll(async () => {
  stack = await createEchoStack()
})
afterEach(async () => {
  await stack.closeAll()
  stack.lines.length = 0
})

const failureOf = async (call: Promise<unknown>): Promise<RpcFailure> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof RpcFailure)) throw new Error(`not an RpcFailure: ${error}`)
  return error
}

describe('failures of handlers', () => {
  it('carry status, reason, message and metadata of an RpcError', async () => {
    const { port } = await stack.startServer({
      getEcho: () => {
        throw new RpcError('ECHO_NOT_FOUND', 'NOT_FOUND', 'no such echo', { metadata: { echo: 'e1' } })
      },
    })
    const failure = await failureOf(stack.createClient(`127.0.0.1:${port}`).getEcho({ text: 'x' }))
    expect(failure).toMatchObject({
      status: 'NOT_FOUND',
      reason: 'ECHO_NOT_FOUND',
      message: 'no such echo',
      metadata: { echo: 'e1' },
      method: '/latchkey.test.v1.EchoService/GetEcho',
    })
  })

  it('say nothing of an unexpected error but log it', async () => {
    const { port } = await stack.startServer({
      makeEcho: async () => {
        throw new Error('relation "echoes" does not exist')
      },
    })
    const failure = await failureOf(stack.createClient(`127.0.0.1:${port}`).makeEcho({ text: 'x' }))
    expect(failure).toMatchObject({ status: 'INTERNAL', reason: 'INTERNAL_ERROR', message: 'internal error' })
    expect(stack.lines.join('')).toContain('relation \\"echoes\\" does not exist')
  })
})
