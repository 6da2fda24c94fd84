/**
 * Bad bodies of every kind at every route: the documented refusal, in the shape of a problem, never a 5xx, never
 * silence; and a suite that is as well afterwards as it was before. Bad methods, paths, queries and headers are in
 * `bad-requests.test.ts`, bad HTTP in `bad-http.test.ts`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { badBodies, badObjects, badValues, operatorObjects, withValue } from '../src/bad-bodies.ts'
import { call } from '../src/call.ts'
import { type JsonRoute, jsonRoutes } from '../src/json-routes.ts'
import { aPerson, createDevice, type Person, type SignedIn } from '../src/person.ts'
import { wrongWith } from '../src/problems.ts'
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

describe('afterwards', () => {
  it('the suite is well, and every process is the one that was there before', async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () =>
      expect((await call(suite.gateway, 'GET', '/auth/health')).json).toMatchObject({ status: 'healthy' }),
    )
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
