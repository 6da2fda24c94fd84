import { Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { nameInSubjectAltName, peerName } from './peer-name.ts'

describe('the name in a certificate', () => {
  it('is that of its SPIFFE id', () => {
    expect(nameInSubjectAltName('DNS:token, IP Address:127.0.0.1, URI:spiffe://latchkey/token')).toBe('token')
    expect(nameInSubjectAltName('URI:spiffe://latchkey/notification-worker')).toBe('notification-worker')
  })

  it.each([
    undefined,
    'DNS:token',
    'URI:spiffe://elsewhere/token',
    'URI:spiffe://latchkey/token/extra',
    'URI:https://latchkey/token',
    'URI:spiffe://latchkey/',
    'URI:spiffe://latchkey/token, URI:spiffe://latchkey/gateway',
    'DNS:"x, URI:spiffe://latchkey/gateway, y", URI:spiffe://latchkey/token',
  ])('is none where there is not exactly one: %s', subjectAltName => {
    expect(nameInSubjectAltName(subjectAltName)).toBeUndefined()
  })

  it('is none on a plain connection', () => {
    expect(peerName(new Socket())).toBeUndefined()
  })
})
