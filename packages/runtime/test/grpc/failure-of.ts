import { RpcFailure } from '../../src/grpc/index.ts'

/** The failure of a call that must fail. */
export const failureOf = async (call: Promise<unknown>): Promise<RpcFailure> => {
  const error = await call.then(
    () => 'the call succeeded',
    (reason: unknown) => reason,
  )
  if (error instanceof RpcFailure) return error
  throw new Error(`no RpcFailure: ${error}`)
}
