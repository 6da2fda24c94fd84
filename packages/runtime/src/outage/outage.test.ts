import { describe, expect, it } from '@jest/globals'
import { RpcFailure } from '../grpc/index.ts'
import { outageProblem, outageRpcError } from './index.ts'

const databaseAway = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
const serviceAway = new RpcFailure(
  { status: 'UNAVAILABLE', reason: undefined, metadata: {}, method: '/a.B/C' },
  'no connection',
)

describe('an outage', () => {
  it.each([
    ['the database', databaseAway],
    ['another service', serviceAway],
  ])('of %s is 503 with Retry-After', (_what, error) => {
    expect(outageProblem(error)).toMatchObject({ status: 503, headers: { 'Retry-After': '5' }, cause: error })
  })

  it.each([
    ['the database', databaseAway, 'DATABASE_UNAVAILABLE'],
    ['another service', serviceAway, 'DEPENDENCY_UNAVAILABLE'],
  ])('of %s is UNAVAILABLE with a reason', (_what, error, reason) => {
    expect(outageRpcError(error)).toMatchObject({ status: 'UNAVAILABLE', reason, cause: error })
  })

  it('is not what a bug looks like', () => {
    const bug = new TypeError('x is undefined')
    expect([outageProblem(bug), outageRpcError(bug)]).toEqual([undefined, undefined])
  })
})
