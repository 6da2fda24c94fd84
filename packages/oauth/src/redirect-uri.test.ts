import { describe, expect, it } from '@jest/globals'
import { isRegisteredRedirectUri, isSameRedirectUri } from './redirect-uri.ts'

const registered = 'https://app.example/cb'

describe('draft OAuth 2.1 §2.3.1: redirect URIs are compared to the letter', () => {
  it('accepts the registered one, one of several, and an app’s own scheme', () => {
    expect(isSameRedirectUri(registered, registered)).toBe(true)
    expect(isRegisteredRedirectUri(['https://other.example/', registered], registered)).toBe(true)
    expect(isSameRedirectUri('com.example.app:/cb', 'com.example.app:/cb')).toBe(true)
  })

  it.each([
    '',
    'https://app.example/cb/',
    'https://app.example/cb/..',
    'https://app.example/cb/../cb',
    'https://app.example/./cb',
    'https://app.example/x/..;/cb',
    'https://app.example//cb',
    'https://app.example/%63b',
    'https://app.example%2fcb',
    'https://app.example/cb%00',
    'https://app.example/cb?',
    'https://app.example/cb?a=b',
    'https://app.example/cb#',
    'https://app.example/cb#part',
    'https://app.example/CB',
    'https://App.example/cb',
    'HTTPS://app.example/cb',
    'http://app.example/cb',
    'https://app.example:443/cb',
    'https://app.example:8443/cb',
    'https://app.example@evil.example/cb',
    'https://evil.example/https://app.example/cb',
    'https://app.example.evil.example/cb',
    'https://app.example\\@evil.example/cb',
    ' https://app.example/cb',
    'https://app.example/cb ',
    'https://app.example/cb\n',
    'https://äpp.example/cb',
    'https://xapp.example/cb',
    'javascript:alert(1)',
  ])('refuses %j', presented => {
    expect(isSameRedirectUri(registered, presented)).toBe(false)
  })

  it('refuses a fragment even where one was registered', () => {
    expect(isSameRedirectUri('https://app.example/#a', 'https://app.example/#a')).toBe(false)
  })
})

describe('draft OAuth 2.1 §8.4.2: the port of a loopback address may differ', () => {
  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:8000/cb?x=1', 'http://127.0.0.1:51004/cb?x=1'],
    ['http://127.0.0.1:8000/cb', 'http://127.0.0.1/cb'],
    ['http://[::1]/cb', 'http://[::1]:51004/cb'],
    ['http://127.0.0.1', 'http://127.0.0.1:51004'],
  ])('%s → %s', (loopback, presented) => {
    expect(isSameRedirectUri(loopback, presented)).toBe(true)
  })

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb?a=b'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb#'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004\\@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99999/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:0/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2:51004/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]:51004/cb'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51004/cb'],
    ['http://127.0.0.1/cb', 'http://127.1:51004/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example:51004/cb'],
    ['http://localhost/cb', 'http://localhost:51004/cb'],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:51004/cb'],
  ])('%s ≠ %s', (loopback, presented) => {
    expect(isSameRedirectUri(loopback, presented)).toBe(false)
  })
})
