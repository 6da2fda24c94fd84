import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { deriveSuccessor, isRefreshToken, successorKeyOf, toRefreshToken } from './refresh-token.ts'

const key = successorKeyOf(randomBytes(32))
const rawToken = toRefreshToken(randomBytes(32))
const nonce = randomBytes(16)

describe('a successor', () => {
  it('is a refresh token, and the same each time', () => {
    const successor = deriveSuccessor(key, rawToken, nonce)
    expect(isRefreshToken(successor)).toBe(true)
    expect(deriveSuccessor(key, rawToken, nonce)).toBe(successor)
  })

  it('is another for another key, token or nonce', () => {
    const others = [
      deriveSuccessor(successorKeyOf(randomBytes(32)), rawToken, nonce),
      deriveSuccessor(key, toRefreshToken(randomBytes(32)), nonce),
      deriveSuccessor(key, rawToken, randomBytes(16)),
    ]
    expect(new Set([...others, deriveSuccessor(key, rawToken, nonce)]).size).toBe(4)
  })
})

describe('ASVS 9.2.2: what is no refresh token', () => {
  it.each([
    '',
    'lkr_',
    'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
    `${rawToken}=`,
    `${rawToken}\n`,
    ` ${rawToken}`,
    rawToken.slice(1),
  ])('is told by its form: %j', text => {
    expect(isRefreshToken(text)).toBe(false)
  })
})
