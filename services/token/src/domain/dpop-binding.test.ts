import { describe, expect, it } from '@jest/globals'
import { checkGrantKey, codeBindingOf, refreshBindingOf, requireRegisteredDpop } from './dpop-binding.ts'

const jkt = 'A'.repeat(43)
const other = 'B'.repeat(43)
const invalidGrant = expect.objectContaining({ error: 'invalid_grant' })

it('RFC 9449 §5.2: a client with dpop_bound_access_tokens must send a proof', () => {
  const registered = (dpopBoundAccessTokens: boolean) => ({ dpopBoundAccessTokens })
  expect(() => requireRegisteredDpop(registered(true), undefined)).toThrow(
    expect.objectContaining({
      error: 'invalid_request',
      message: expect.stringContaining('need a DPoP proof'),
    }),
  )
  expect(() => requireRegisteredDpop(registered(true), jkt)).not.toThrow()
  expect(() => requireRegisteredDpop(registered(false), undefined)).not.toThrow()
})

describe('RFC 9449 §10: the key of a code', () => {
  it('is that of dpop_jkt, of the proof at the PAR endpoint (§10.1), or none', () => {
    expect(codeBindingOf(undefined)).toBeUndefined()
    expect(codeBindingOf(jkt)).toBe(jkt)
    expect(codeBindingOf(undefined, jkt)).toBe(jkt)
    expect(codeBindingOf(jkt, jkt)).toBe(jkt)
  })

  it('is refused where the two differ, or dpop_jkt is no thumbprint', () => {
    expect(() => codeBindingOf(jkt, other)).toThrow(expect.objectContaining({ error: 'invalid_dpop_proof' }))
    for (const text of ['', 'x', `${jkt}=`, `${jkt}A`, '"'.repeat(43)])
      expect(() => codeBindingOf(text)).toThrow(expect.objectContaining({ error: 'invalid_request' }))
  })
})

describe('RFC 9449 §5: a bound grant', () => {
  it('is of use with its own key alone', () => {
    expect(() => checkGrantKey(jkt, jkt)).not.toThrow()
    expect(() => checkGrantKey(undefined, jkt)).not.toThrow()
    expect(() => checkGrantKey(jkt, other)).toThrow(invalidGrant)
    expect(() => checkGrantKey(jkt, undefined)).toThrow(invalidGrant)
  })

  it('is a public client’s; a confidential one authenticates, and may change its key', () => {
    expect(refreshBindingOf({ type: 'public' }, jkt)).toBe(jkt)
    expect(refreshBindingOf({ type: 'public' }, undefined)).toBeUndefined()
    expect(refreshBindingOf({ type: 'confidential' }, jkt)).toBeUndefined()
  })
})
