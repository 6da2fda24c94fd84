/**
 * Bad input of every kind at every route: the documented refusal, in the shape of a problem, never a 5xx, never
 * silence; and a suite that is as well afterwards as it was before.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { badBodies, badObjects, badValues, operatorObjects, withValue } from '../src/bad-bodies.ts'
import { type Answer, call } from '../src/call.ts'
import { aPerson, createDevice, type Person, type SignedIn } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type JsonRoute, jsonRoutes, publicPaths } from '../src/public-routes.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let begunAt: string
beforeAll(async () => {
  suite = await sharedSuite()
  begunAt = new Date().toISOString()
})

const somebody = async (): Promise<Person & SignedIn> => {
  const person = aPerson()
  return { ...person, ...(await createDevice(suite).register(person)) }
}

/** What is wrong with a refusal; undefined where it is as it must be. */
const wrongWith = (answer: Answer, statuses: readonly number[]): string | undefined => {
  if (!statuses.includes(answer.status)) return `${answer.status} ${answer.text.slice(0, 200)}`
  try {
    problemIn(answer)
  } catch (error) {
    return String(error)
  }
  return undefined
}

const send = (route: JsonRoute, signedIn: SignedIn, body: string | Uint8Array, headers: object) =>
  call(suite.gateway, route.method, route.path, {
    body,
    headers: { ...headers },
    ...(route.needsBearer ? { bearer: signedIn.access_token } : {}),
  })

const json = { 'Content-Type': 'application/json' }

describe.each(jsonRoutes.map(route => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_, route) => {
    it('refuses every body that it can not or must not read', async () => {
      const signedIn = await somebody()
      const wrong: string[] = []
      for (const { what, bytes, status, headers = {} } of badBodies(route.body(signedIn))) {
        const found = wrongWith(await send(route, signedIn, bytes, headers), [status])
        if (found !== undefined) wrong.push(`${what}: ${found}`)
      }
      expect(wrong).toEqual([])
    })

    it('refuses every value of the wrong type, and says which member it is', async () => {
      const signedIn = await somebody()
      const good = route.body(signedIn)
      const wrong: string[] = []
      for (const member of Object.keys(route.body(signedIn))) {
        const isObject = route.objects?.includes(member) === true
        for (const value of isObject ? badObjects : [...badValues, ...operatorObjects]) {
          const given = route.body(signedIn).email === undefined ? route.body(signedIn) : good
          const answer = await send(route, signedIn, withValue(given, member, value), json)
          const found = wrongWith(answer, [400])
          const { code, errors } = Object(answer.json)
          if (found !== undefined) wrong.push(`${member}=${value.slice(0, 40)}: ${found}`)
          else if (
            code === 'VALIDATION_FAILED' &&
            !errors.some((each: { field: string }) => each.field.startsWith(member))
          )
            wrong.push(`${member}=${value.slice(0, 40)}: is not named in ${answer.text}`)
        }
      }
      expect(wrong).toEqual([])
    })

    it('refuses members of 60,000 characters', async () => {
      const signedIn = await somebody()
      const wrong: string[] = []
      for (const [member, value] of Object.entries(route.body(signedIn))) {
        if (typeof value !== 'string') continue
        const body = withValue(route.body(signedIn), member, JSON.stringify('a1A!'.repeat(15_000)))
        // A refresh token that is no token is no invalid input.
        const statuses = member === 'refresh_token' ? [401] : [400]
        const found = wrongWith(await send(route, signedIn, body, json), statuses)
        if (found !== undefined) wrong.push(`${member}: ${found}`)
      }
      expect(wrong).toEqual([])
    })

    it('answers a body where none is wanted less than it needs: without the bearer, 401', async () => {
      if (!route.needsBearer) return
      const signedIn = await somebody()
      const answers = [
        await call(suite.gateway, route.method, route.path, { json: route.body(signedIn) }),
        await call(suite.gateway, route.method, route.path, { body: '{', headers: json }),
        await call(suite.gateway, route.method, route.path, { body: 'x'.repeat(200_000), headers: json }),
      ]
      expect(answers.map(answer => wrongWith(answer, [401]))).toEqual([undefined, undefined, undefined])
    })
  },
)

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
        else if (method !== 'HEAD' && !path.startsWith('/.well-known')) problemIn(answer)
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
    '/',
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
    '/admin/api/users',
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

describe('/reset-password', () => {
  const isPage = ({ status, headers, text }: Answer) => ({
    status,
    type: headers['content-type'],
    isWhole: text.includes('</html>'),
  })
  const page = (status: number) => ({ status, type: 'text/html; charset=utf-8', isWhole: true })

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

  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
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

describe('afterwards', () => {
  it('the suite is well, and every process is the one that was there before', async () => {
    expect((await call(suite.gateway, 'GET', '/auth/health')).json).toMatchObject({ status: 'healthy' })
    expect((await sharedSuite()).pids).toEqual(suite.pids)
    await createDevice(suite).signIn(await somebody())
  })
})

afterAll(async () => {
  const logs = join(suite.dataDir, 'logs')
  const lines = (await Promise.all((await readdir(logs)).map(name => readFile(join(logs, name), 'utf8'))))
    .flatMap(text => text.split('\n').filter(Boolean))
    .map((line): { level: string; timestamp: string } => JSON.parse(line))
  // What a process did not expect is an ERROR in its log, whatever it answered.
  expect(lines.filter(({ level, timestamp }) => level === 'ERROR' && timestamp >= begunAt)).toEqual([])
})
