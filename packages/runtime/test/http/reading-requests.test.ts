/** What a service reads of a request: bodies, forms, queries and the address of the user. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import {
  createHttpApp,
  type RunningHttpServer,
  readForm,
  readJson,
  readQuery,
  requestIp,
  startHttpServer,
} from '../../src/http/index.ts'
import { createLogLines } from './log-lines.ts'

const { logger } = createLogLines()

const credentials = z.strictObject({
  email: z.email('must be an email address'),
  metadata: z.object({ plan: z.string() }).optional(),
})

const app = createHttpApp({
  logger,
  routes: [
    {
      method: 'POST',
      path: '/json',
      handler: async (req, res) => void res.json(await readJson(req, credentials)),
    },
    {
      method: 'POST',
      path: '/form',
      handler: async (req, res) => void res.json(await readForm(req, z.object({ token: z.string() }))),
    },
    {
      method: 'GET',
      path: '/query',
      handler: (req, res) => void res.json(readQuery(req, z.object({ code: z.string() }))),
    },
    { method: 'GET', path: '/ip', handler: (req, res) => void res.json({ ip: requestIp(req) }) },
  ],
})

let server: RunningHttpServer
let base: string
beforeAll(async () => {
  server = await startHttpServer({ app, port: 0, host: '127.0.0.1', logger })
  base = `http://127.0.0.1:${server.port}`
})
afterAll(() => server.close())

const get = (path: string, init?: RequestInit) => fetch(base + path, init)
const post = (path: string, body: string, contentType = 'application/json', headers = {}) =>
  get(path, { method: 'POST', body, headers: { 'content-type': contentType, ...headers } })
const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const body = z.record(z.string(), z.unknown()).parse(await answer.json())
  expect(body).toMatchObject({ status: answer.status, request_id: answer.headers.get('x-request-id') })
  return body
}

describe('readJson', () => {
  it('gives what the schema gives', async () => {
    expect(
      await (await post('/json', '{"email":"a@b.example"}', 'Application/JSON; charset="UTF-8"')).json(),
    ).toEqual({
      email: 'a@b.example',
    })
  })

  it('names each field that is wrong', async () => {
    const answer = await post('/json', '{"metadata":{"plan":5},"role":"admin"}')
    expect(await problemOf(answer)).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [
        { field: 'email', message: 'is required', code: 'required' },
        { field: 'metadata.plan', code: 'invalid_type' },
        { field: 'role', message: 'is not a known member', code: 'unknown_member' },
      ],
    })
    const format = await problemOf(await post('/json', '{"email":"nobody"}'))
    expect(format.errors).toEqual([
      { field: 'email', message: 'must be an email address', code: 'invalid_format' },
    ])
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/jsonp',
  ])('refuses the media type %s with 415', async contentType => {
    const answer = await post('/json', '{}', contentType)
    expect(answer.headers.get('accept')).toBe('application/json')
    expect(await problemOf(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
  })

  it('reads a request without body and type as an object without members', async () => {
    const answer = await get('/json', { method: 'POST' })
    expect(await problemOf(answer)).toMatchObject({
      status: 400,
      errors: [{ field: 'email', message: 'is required', code: 'required' }],
    })
    expect((await get('/json', { method: 'POST', body: new Uint8Array([123, 125]) })).status).toBe(415)
  })

  it('refuses compressed bodies with 415 and says what it takes (RFC 9110 §15.5.16)', async () => {
    const answer = await post('/json', '{}', 'application/json', { 'content-encoding': 'gzip' })
    expect(answer.headers.get('accept-encoding')).toBe('identity')
    expect(await problemOf(answer)).toMatchObject({ status: 415 })
  })

  it('refuses malformed JSON without repeating it', async () => {
    const body = await problemOf(await post('/json', '{"password":"hunter2"'))
    expect(body).toMatchObject({ status: 400, code: 'MALFORMED_JSON', title: 'Malformed JSON' })
    expect(JSON.stringify(body)).not.toContain('hunter2')
  })

  it('takes 64 KiB and refuses more with 413', async () => {
    const ofBytes = (size: number) => `{"email":"a@b.example"}${' '.repeat(size - 23)}`
    expect((await post('/json', ofBytes(64 * 1024))).status).toBe(200)
    const answer = await post('/json', ofBytes(64 * 1024 + 1))
    expect(answer.headers.get('connection')).toBe('close')
    expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' })
  })
})

describe('readForm and readQuery', () => {
  const form = 'application/x-www-form-urlencoded'

  it('give what the schema gives', async () => {
    expect(await (await post('/form', 'token=a+b&other=', form)).json()).toEqual({ token: 'a b' })
    expect(await (await get('/query?code=a%20b')).json()).toEqual({ code: 'a b' })
  })

  it('refuse a parameter that comes twice, and one that is missing', async () => {
    expect(await problemOf(await post('/form', 'token=a&token=b', form))).toMatchObject({
      code: 'DUPLICATE_PARAMETER',
    })
    expect(await problemOf(await get('/query?code=a&code=b'))).toMatchObject({ code: 'DUPLICATE_PARAMETER' })
    expect(await problemOf(await get('/query'))).toMatchObject({
      errors: [{ field: 'code', code: 'required' }],
    })
  })

  it('read a request without body and type as a form without parameters', async () => {
    expect(await problemOf(await get('/form', { method: 'POST' }))).toMatchObject({
      status: 400,
      errors: [{ field: 'token', code: 'required' }],
    })
  })

  it('refuse another media type', async () => {
    expect(await problemOf(await post('/form', '{}'))).toMatchObject({ status: 415 })
  })
})

describe('the address of the user', () => {
  it('is the first that the gateway forwarded, else the socket’s', async () => {
    const from = async (forwarded?: string) => {
      const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
      return z.object({ ip: z.string() }).parse(await (await get('/ip', { headers })).json()).ip
    }
    expect(await from()).toBe('127.0.0.1')
    expect(await from('203.0.113.7, 10.0.0.1')).toBe('203.0.113.7')
    expect(await from('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(await from('::FFFF:CB00:7107')).toBe('203.0.113.7')
    expect(await from('2001:DB8:0:0::1')).toBe('2001:db8::1')
    expect(await from('not an address')).toBe('127.0.0.1')
  })
})
