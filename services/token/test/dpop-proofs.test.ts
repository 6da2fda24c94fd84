import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createDpopNonces, dpopNonceKeyOf } from '../src/dpop/nonces.ts'
import { createVerifyDpopProof } from '../src/dpop/verify-dpop-proof.ts'
import { createUsedIds } from '../src/store/used-ids.ts'
import { createDpopClient } from './dpop-client.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const publicUrl = 'https://id.example/base'
const path = '/oauth/token'
const url = `${publicUrl}${path}`
const now = () => new Date()
const nonces = createDpopNonces({ keys: [dpopNonceKeyOf(Buffer.alloc(32, 1))], now })

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const aReplica = ({ requiresNonce = true, pool = database.pool } = {}) =>
  createVerifyDpopProof({ publicUrl, nonces, requiresNonce, usedIds: createUsedIds({ pool }), now })

const client = createDpopClient()
const aRequest = (...proofs: string[]) => ({ proofs, method: 'POST', path })

describe('the proof of a request', () => {
  it('gives the thumbprint of the key; a request without one gives nothing', async () => {
    const verify = aReplica()
    const proof = await client.aProof({ url, nonce: nonces.current() })
    expect(await verify(aRequest(proof))).toEqual({ jkt: client.jkt })
    expect(await verify({ proofs: undefined, method: 'POST', path })).toBeUndefined()
  })

  it('is refused where it comes twice (RFC 9449 §4.3 check 1)', async () => {
    const proof = await client.aProof({ url, nonce: nonces.current() })
    await expect(aReplica()(aRequest(proof, proof))).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('brings the nonce with the refusal, and is accepted with it (§8)', async () => {
    const verify = aReplica()
    for (const nonce of [undefined, 'A'.repeat(22)]) {
      const refusal = await verify(aRequest(await client.aProof({ url, nonce }))).catch(error => error)
      expect(refusal).toMatchObject({ error: 'use_dpop_nonce', status: 400 })
      const given = refusal.headers['DPoP-Nonce']
      const proof = await client.aProof({ url, nonce: given })
      expect(await verify(aRequest(proof))).toEqual({ jkt: client.jkt })
    }
  })

  it('needs no nonce where the setting says so, but no wrong one either', async () => {
    const verify = aReplica({ requiresNonce: false })
    expect(await verify(aRequest(await client.aProof({ url })))).toEqual({ jkt: client.jkt })
    const wrong = aRequest(await client.aProof({ url, nonce: 'wrong' }))
    await expect(verify(wrong)).rejects.toMatchObject({ error: 'use_dpop_nonce' })
  })

  it('does not use its jti up where the nonce is refused', async () => {
    const verify = aReplica()
    const claims = { jti: 'chosen-once' }
    await expect(verify(aRequest(await client.aProof({ url, claims })))).rejects.toMatchObject({
      error: 'use_dpop_nonce',
    })
    const proof = await client.aProof({ url, claims, nonce: nonces.current() })
    expect(await verify(aRequest(proof))).toEqual({ jkt: client.jkt })
  })
})

describe('CHECKLIST 24: replay', () => {
  it('of one proof by twenty parallel requests across two replicas succeeds once', async () => {
    const pools = [database.openPool(), database.openPool()]
    const [one, other] = pools.map(pool => aReplica({ pool }))
    if (one === undefined || other === undefined) throw new Error('two replicas')
    const proof = await client.aProof({ url, nonce: nonces.current() })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other)(aRequest(proof))),
    )
    await Promise.all(pools.map(pool => pool.end()))
    expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          error: 'invalid_dpop_proof',
          message: expect.stringContaining('used before'),
        })
  })

  it('is another’s affair where another key has the same jti', async () => {
    const verify = aReplica()
    const claims = { jti: 'popular' }
    for (const each of [createDpopClient(), createDpopClient()]) {
      const proof = await each.aProof({ url, claims, nonce: nonces.current() })
      expect(await verify(aRequest(proof))).toEqual({ jkt: each.jkt })
    }
  })
})
