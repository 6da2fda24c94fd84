import { describe, expect, it } from '@jest/globals'
import { originFault, redirectUriFault, resourceFault, webUrlFault } from './client-uri-rules.ts'

describe('CHECKLIST 30, draft OAuth 2.1 §2.3: redirect URIs', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com/cb?tenant=1',
    'https://APP.example.com:8443/Callback/',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:51004/callback',
    'http://[::1]/callback',
    'http://localhost:3000/callback',
    'com.example.app:/oauth2redirect',
    'com.example.app://callback',
  ])('takes %s', uri => expect(redirectUriFault(uri)).toBeUndefined())

  it.each([
    ['javascript:alert(1)', /https, http on a loopback address/],
    ['JavaScript:alert(1)', /https, http/],
    ['data:text/html,<script>', /https, http/],
    ['vbscript:msgbox', /https, http/],
    ['file:///etc/passwd', /https, http/],
    ['blob:https://app.example.com/1', /https, http/],
    ['about:blank', /https, http/],
    ['myapp://callback', /a dot/],
    ['http://app.example.com/callback', /must be https/],
    ['http://127.0.0.1.evil.example/callback', /must be https/],
    ['http://localhost.evil.example/callback', /must be https/],
    ['http://10.0.0.1/callback', /must be https/],
    ['https://app.example.com/callback#part', /fragment/],
    ['https://app.example.com/callback#', /fragment/],
    ['/callback', /absolute/],
    ['app.example.com/callback', /absolute/],
    ['', /absolute/],
    ['https:app.example.com', /host/],
    ['https:///app.example.com', /host/],
    ['https://*.example.com/callback', /wildcards/],
    ['https://app.example.com/*', /wildcards/],
    ['https://app.example.com@evil.example/', /user information/],
    ['https://user:word@app.example.com/', /user information/],
    ['https://app.example.com\\@evil.example/', /backslashes/],
    [' https://app.example.com/', /white space/],
    ['java\tscript:alert(1)', /white space/],
    ['https://app.example.com/\u0000', /control characters/],
    ['https://@app.example.com/', /usual form/],
    ['https://app.example,com/', /usual form/],
    ['http://127.1/callback', /usual form/],
    ['http://2130706433/callback', /usual form/],
    ['http://[0:0:0:0:0:0:0:1]/callback', /usual form/],
    ['https://äpp.example.com/', /Punycode/],
    ['https://app\u3002example.com/', /Punycode/],
    ['https://app.example.com/\u202e', /Punycode/],
  ])('refuses %j', (uri, reason) => expect(redirectUriFault(uri)).toMatch(reason))
})

describe('RFC 7591 §2: addresses that are opened', () => {
  it.each(['https://app.example.com/jwks.json', 'http://localhost:3000/jwks.json', 'http://127.0.0.1:9/x'])(
    'takes %s',
    url => expect(webUrlFault(url)).toBeUndefined(),
  )
  it.each(['http://app.example.com/x', 'com.example.app:/x', 'javascript:alert(1)', 'https://a.example/#x'])(
    'refuses %s',
    url => expect(webUrlFault(url)).toBeDefined(),
  )
})

describe('RFC 6454 §6.2: origins', () => {
  it.each(['https://app.example.com', 'http://localhost:3000', 'https://app.example.com:8443'])(
    'takes %s',
    origin => expect(originFault(origin)).toBeUndefined(),
  )
  it.each([
    'https://app.example.com/',
    'https://APP.example.com',
    'https://app.example.com:443',
    'http://app.example.com',
    '*',
    'null',
    'com.example.app://x',
  ])('refuses %s', origin => expect(originFault(origin)).toBeDefined())
})

describe('RFC 8707 §2: resources', () => {
  it.each(['https://api.example.com/', 'urn:example:api'])('takes %s', resource =>
    expect(resourceFault(resource)).toBeUndefined(),
  )
  it.each(['api', 'https://api.example.com/#x'])('refuses %s', resource =>
    expect(resourceFault(resource)).toBeDefined(),
  )
})
