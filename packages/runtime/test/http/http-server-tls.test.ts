import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestTls, type TestTls } from '@latchkey/testkit'
import { createHttpApp, type RunningHttpServer, startHttpServer } from '../../src/http/index.ts'
import { createLogLines } from './log-lines.ts'

const { logger } = createLogLines()

const app = createHttpApp({
  logger,
  routes: [{ method: 'GET', path: '/fine', handler: (_req, res) => void res.json({ fine: true }) }],
})

const start = (init: Pick<Parameters<typeof startHttpServer>[0], 'tls' | 'allowedCallers'>) =>
  startHttpServer({ app, port: 0, host: '127.0.0.1', logger, ...init })

const material = async (authority: TestTls, name: string) => {
  const { caFile, certFile, keyFile } = await authority.issue(name)
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) }
}

describe('RFC 9325 §4.2: TLS for everybody', () => {
  let tls: TestTls
  let server: RunningHttpServer

  beforeAll(async () => {
    tls = await createTestTls()
    const { cert, key } = await material(tls, 'gateway')
    server = await start({ tls: { cert, key } })
  })
  afterAll(async () => {
    await server.close()
    await tls.remove()
  })

  /** The suite that was agreed on, or why none was. */
  const handshake = (options: ConnectionOptions) =>
    new Promise<string | undefined>(resolve => {
      const socket = connectTls({
        port: server.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ...options,
      })
      socket.once('error', error => resolve(Object(error).code))
      socket.once('secureConnect', () => {
        resolve(socket.getCipher().standardName)
        socket.destroy()
      })
    })

  it('has TLS 1.3, or 1.2 with forward secrecy and an AEAD', async () => {
    expect(await handshake({})).toBe('TLS_AES_256_GCM_SHA384')
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
  })

  it.each(['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    'refuses %s of TLS 1.2, which is not recommended',
    async ciphers => {
      expect(await handshake({ maxVersion: 'TLSv1.2', ciphers })).toMatch(/HANDSHAKE_FAILURE/)
    },
  )
})

describe('mutual TLS', () => {
  let tls: TestTls
  let strangers: TestTls
  let server: RunningHttpServer
  beforeAll(async () => {
    tls = await createTestTls()
    strangers = await createTestTls()
    server = await start({ tls: await material(tls, 'token'), allowedCallers: ['gateway'] })
  })
  afterAll(async () => {
    await server.close()
    await tls.remove()
    await strangers.remove()
  })

  const call = async (client: {
    cert?: Buffer
    key?: Buffer
  }): Promise<{ status: number; body: unknown }> => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>()
    const agent = new Agent({ ca: readFileSync(tls.caFile), ...client })
    const options = { host: '127.0.0.1', port: server.port, path: '/fine', servername: 'token', agent }
    const req = request(options, async res => {
      const chunks = await res.toArray().catch(reject)
      resolve({ status: res.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks ?? []).toString()) })
    })
    req.on('error', reject).end()
    return promise.finally(() => agent.destroy())
  }

  it('serves a caller that is allowed', async () => {
    expect(await call(await material(tls, 'gateway'))).toEqual({ status: 200, body: { fine: true } })
  })

  it('answers 403 to another service', async () => {
    expect(await call(await material(tls, 'notification'))).toMatchObject({
      status: 403,
      body: { code: 'CALLER_NOT_ALLOWED' },
    })
  })

  it('does not even talk to a caller without a certificate, or with one of another authority', async () => {
    await expect(call({})).rejects.toThrow()
    const { cert, key } = await material(strangers, 'gateway')
    await expect(call({ cert, key })).rejects.toThrow()
  })
})
