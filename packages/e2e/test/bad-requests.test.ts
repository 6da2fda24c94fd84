/** Methods, paths, queries, forms and headers that no route knows: the documented refusal, never a 5xx. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type Answer, call } from '../src/call.ts'
import { aPerson, createDevice, type Person, type SignedIn } from '../src/person.ts'
import { problemIn, wrongWith } from '../src/problems.ts'
import { publicPaths } from '../src/public-paths.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async (): Promise<Person & SignedIn> => {
  const person = aPerson()
  return { ...person, ...(await createDevice(suite).register(person)) }
}

const json = { 'Content-Type': 'application/json' }

describe('methods', () => {
  const methods = [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'PROPFIND',
    'PURGE',
    'SEARCH',
    'LOCK',
  ]

  it.each(publicPaths)(
    'of $path are $methods alone: others get 405 with Allow',
    async ({ path, methods: known }) => {
      const wrong: string[] = []
      for (const method of methods.filter(each => !known.includes(each))) {
        const answer = await call(suite.gateway, method, path, { json: {} })
        const allow = String(answer.headers.allow).split(', ').sort()
        if (answer.status !== 405 || allow.join() !== [...known].sort().join())
          wrong.push(`${method}: ${answer.status}, Allow: ${answer.headers.allow}`)
        else if (method !== 'HEAD' && !/^\/(?:\.well-known|oauth)\//.test(path)) problemIn(answer)
      }
      expect(wrong).toEqual([])
    },
  )

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    'are not changed by %s',
    async name => {
      const answer = await call(suite.gateway, 'POST', '/auth/me', { json: {}, headers: { [name]: 'GET' } })
      expect(answer.status).toBe(405)
    },
  )
})

describe('paths', () => {
  const unknown = [
    '//',
    '/auth',
    '/auth/',
    '/auth/nonexistent',
    '/auth/login/',
    '//auth/login',
    '/AUTH/LOGIN',
    '/auth/login;a=b',
    '/auth/./me',
    '/auth/../auth/me',
    '/auth/%2e%2e/me',
    '/auth%2fme',
    '/auth/m%65',
    '/auth/me%20',
    '/auth/me.json',
    '/.env',
    '/.git/config',
    '/admin/api/nonexistent',
    '/internal',
    '/readyz',
    '/livez',
    '/latchkey.token.v1.TokenService/IssueTokens',
    `/${'a/'.repeat(2_000)}`,
  ]
  it.each(unknown)('that lead nowhere are a 404 problem: %s', async path => {
    expect(wrongWith(await call(suite.gateway, 'GET', path), [404])).toBeUndefined()
  })

  it.each([
    '/auth/%',
    '/auth/%zz',
    '/auth/%ff',
    '/auth/%c0%80',
    '/auth/%00',
    '/auth/sessions/%00',
    '/auth/sessions/%ed%a0%80',
  ])('that are no percent-encoded UTF-8 are a 400 problem: %s', async path => {
    expect(wrongWith(await call(suite.gateway, 'DELETE', path), [400])).toBeUndefined()
  })

  it('of sessions take no id that is none', async () => {
    const { access_token: bearer } = await somebody()
    for (const id of [
      '1',
      'null',
      'undefined',
      "1'--",
      'a'.repeat(5_000),
      '%F0%9F%A6%8A',
      '..',
      '*',
      '00000000-0000-0000-0000-000000000000',
    ]) {
      const answer = await call(suite.gateway, 'DELETE', `/auth/sessions/${id}`, { bearer })
      expect(wrongWith(answer, [404])).toBeUndefined()
    }
  })
})

const isPage = ({ status, headers, text }: Answer) => ({
  status,
  type: headers['content-type'],
  isWhole: text.includes('</html>'),
})
const page = (status: number) => ({ status, type: 'text/html; charset=utf-8', isWhole: true })
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

describe.each(['/login', '/register', '/forgot-password'])('%s', path => {
  it.each([
    '?flow=x',
    '?flow=%',
    '?flow=%ff',
    '?flow=%00',
    '?flow=%0d%0aSet-Cookie:%20a=b',
    '?flow=../../account',
    '?flow=a&flow=b',
    `?flow=${'a'.repeat(5_000)}`,
  ])('answers the query %s with a page that says what is wrong', async query => {
    const answer = await call(suite.gateway, 'GET', path + query)
    expect(isPage(answer)).toEqual(page(400))
    expect(String(answer.headers['set-cookie'] ?? '')).not.toContain('a=b')
  })

  it('writes what it is asked for into the page as text alone', async () => {
    const { text } = await call(suite.gateway, 'GET', `${path}?flow=${encodeURIComponent('"><script>')}`)
    expect(text).not.toContain('<script')
  })

  it.each([
    ['nothing', '', form, 403],
    ['fields that come twice', 'email=a&email=b', form, 400],
    ['broken escapes', 'email=%&csrf=%zz', form, 400],
    ['JSON', '{"email":"a@example.com"}', json, 415],
    ['no type', 'email=a', {}, 415],
  ])('answers a form of %s with a page that says so', async (_, body, headers, status) => {
    expect(isPage(await call(suite.gateway, 'POST', path, { body, headers }))).toEqual(page(status))
  })
})

describe('/reset-password', () => {
  it.each([
    '',
    '?token=',
    '?token=%',
    '?token=%ff',
    '?token=%00',
    '?token=a&token=b',
    `?token=${'a'.repeat(5_000)}`,
  ])('answers the query %s with a page that says what is wrong', async query => {
    expect(isPage(await call(suite.gateway, 'GET', `/reset-password${query}`))).toEqual(page(400))
  })

  it('writes a token into the page as text alone', async () => {
    const { text } = await call(
      suite.gateway,
      'GET',
      `/reset-password?token=${encodeURIComponent('"><script>alert(1)</script>')}`,
    )
    expect(text).not.toContain('<script')
  })

  it.each([
    ['nothing', '', form, 400],
    ['no token', 'new_password=Quite-Another-2!', form, 400],
    ['a token twice', 'token=a&token=b&new_password=c', form, 400],
    ['broken escapes', 'token=%&new_password=%zz', form, 400],
    ['bytes that are no UTF-8', Buffer.from('token=\xff\xfe', 'latin1'), form, 400],
    ['JSON', '{"token":"a","new_password":"b"}', json, 415],
    ['no type', 'token=a&new_password=b', {}, 415],
  ])('answers a form of %s with a page that says so', async (_, body, headers, status) => {
    const answer = await call(suite.gateway, 'POST', '/reset-password', { body, headers })
    expect(isPage(answer)).toEqual(page(status))
  })

  it('refuses a form that no person fills in as any other body of that size', async () => {
    const answer = await call(suite.gateway, 'POST', '/reset-password', {
      body: `token=${'a'.repeat(70_000)}`,
      headers: form,
    })
    expect(wrongWith(answer, [413])).toBeUndefined()
  })

  it('refuses what would be too long for the address that it leads to, and blames no service', async () => {
    const body = `state=${'+'.repeat(60_000)}`
    const answer = await call(suite.gateway, 'POST', '/oauth/logout', {
      body,
      headers: { ...form, Accept: 'application/json' },
    })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('too long to go on in a URL')
  })
})

describe('headers', () => {
  it.each([
    ['Accept', 'image/png;q=x, */*;q=9'],
    ['Accept-Language', 'x'.repeat(8_000)],
    ['Cookie', 'latchkey_device=%%%; =; ;;; a=b=c; __proto__=1'],
    ['Cookie', `latchkey_device=${'x'.repeat(8_000)}`],
    ['User-Agent', '\u00ff'.repeat(2_000)],
    ['X-Forwarded-For', '::::, not-an-ip, 999.999.999.999'],
    ['Forwarded', 'for="[::1'],
    ['traceparent', '00-00000000000000000000000000000000-0000000000000000-ff'],
    ['If-None-Match', '"'],
    ['Range', 'bytes=0-0,-1'],
    ['Origin', 'null'],
    ['Content-MD5', 'x'],
  ])('that make no sense change nothing: %s', async (name, value) => {
    const { email, password } = await somebody()
    const answer = await call(suite.gateway, 'POST', '/auth/login', {
      json: { email, password },
      headers: { [name]: value },
    })
    expect(answer.status).toBe(200)
  })
})
