import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createCertificateAuthority,
  issueCertificate,
  type TlsMaterial,
} from '@latchkey/runtime/certificates'
import { type BoundService, RpcError, RpcFailure, startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createLogger } from '@latchkey/runtime/logger'
import {
  bindNotificationService,
  bindSessionService,
  bindTokenService,
  createNotificationClient,
  createSessionClient,
  createTokenClient,
  fromTimestamp,
  type SessionHandlers,
  toTimestamp,
} from './index.ts'

let tlsOf: (name: string) => Promise<TlsMaterial>
const closers: (() => unknown)[] = []
beforeAll(async () => {
  const authority = await createCertificateAuthority()
  tlsOf = async name => {
    const { certificate, privateKey } = await issueCertificate(authority, { name })
    return {
      ca: Buffer.from(authority.certificate),
      cert: Buffer.from(certificate),
      key: Buffer.from(privateKey),
    }
  }
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Serves one service as the process of that name; gives what identity needs to call it. */
const serve = async (name: string, service: BoundService) => {
  const server = await startGrpcServer({
    services: [service],
    port: 0,
    host: '127.0.0.1',
    tls: await tlsOf(name),
    allowedCallers: ['identity'],
    health: createHealth({}),
    logger: createLogger({ service: name, destination: { write: () => {} } }),
  })
  closers.push(() => server.close(0))
  return { target: `dns:///localhost:${server.port}`, tls: await tlsOf('identity') }
}

const closing = <C extends { close(): void }>(client: C): C => {
  closers.push(() => client.close())
  return client
}

const unexpected = () => {
  throw new Error('not part of this test')
}

const aSessionService = (handlers: Partial<SessionHandlers>): BoundService =>
  bindSessionService({
    createSession: unexpected,
    getSession: unexpected,
    recordActivity: unexpected,
    endSession: unexpected,
    endUserSessions: unexpected,
    listSessions: unexpected,
    confirmSession: unexpected,
    listTerminations: unexpected,
    listKnownAddresses: unexpected,
    ...handlers,
  })

const endsAt = new Date('2026-12-22T21:35:31.042Z')

describe('SessionService', () => {
  it('keeps instants, enums and defaults on their way', async () => {
    const requests: unknown[] = []
    const service = aSessionService({
      getSession: async request => {
        requests.push(request)
        return { state: 'SESSION_STATE_LIVE', userId: 'u1', endsAt: toTimestamp(endsAt) }
      },
      endUserSessions: async request => {
        requests.push(request)
        return { ended: 3 }
      },
    })
    const client = closing(createSessionClient(await serve('session', service)))
    const session = await client.getSession({ sessionId: 's1' })
    expect({ ...session, endsAt: fromTimestamp(session.endsAt) }).toEqual({
      state: 'SESSION_STATE_LIVE',
      userId: 'u1',
      expired: false,
      rememberMe: false,
      endsAt,
    })
    await expect(client.endUserSessions({ userId: 'u1' })).resolves.toEqual({ ended: 3 })
    expect(requests).toEqual([
      { sessionId: 's1' },
      { userId: 'u1', exceptSessionId: '', reason: 'END_REASON_UNSPECIFIED', belowCredentialVersion: 0 },
    ])
  })

  it('fails with the reasons of its contract', async () => {
    const service = aSessionService({
      getSession: async () => {
        throw new RpcError('SESSION_NOT_FOUND', 'NOT_FOUND', 'no such session')
      },
    })
    const client = closing(createSessionClient(await serve('session', service)))
    const failure = client.getSession({ sessionId: 's1' })
    await expect(failure).rejects.toThrow(RpcFailure)
    await expect(failure).rejects.toMatchObject({ status: 'NOT_FOUND', reason: 'SESSION_NOT_FOUND' })
  })
})

describe('TokenService', () => {
  it('gets a subject as identity sent it', async () => {
    const requests: unknown[] = []
    const service = bindTokenService({
      issueTokens: async request => {
        requests.push(request)
        return {
          accessToken: 'a',
          refreshToken: 'r',
          expiresInSeconds: 900,
          refreshExpiresInSeconds: 604_800,
        }
      },
      updateSubject: unexpected,
      updateSubjects: unexpected,
      deleteSubject: unexpected,
      endOfflineAccess: unexpected,
      beginBrowserSession: unexpected,
      getBrowserSession: unexpected,
      getAuthorizationFlow: unexpected,
      getSignedOutPage: unexpected,
      authorizeAdmin: unexpected,
      listConnectedApps: unexpected,
      disconnectApp: unexpected,
    })
    const client = closing(createTokenClient(await serve('token', service)))
    const subject = {
      userId: 'u1',
      email: 'ada@example.com',
      emailVerified: true,
      name: 'Ada',
      version: 7,
      roles: ['editor'],
      permissions: ['posts:write'],
      organizations: [
        { organizationId: 'o1', slug: 'acme', name: 'Acme', roles: ['owner'], permissions: [] },
      ],
    }
    const request = {
      subject,
      sessionId: 's1',
      sessionEndsAt: toTimestamp(endsAt),
      authenticatedAt: toTimestamp(endsAt),
      authenticationMethods: ['pwd'],
    }
    await expect(client.issueTokens(request)).resolves.toMatchObject({ expiresInSeconds: 900 })
    expect(requests).toEqual([request])
  })
})

describe('NotificationService', () => {
  it('gets the data of a message as a plain object', async () => {
    const requests: unknown[] = []
    const service = bindNotificationService({
      sendMessage: async request => {
        requests.push(request)
        return {}
      },
    })
    const client = closing(createNotificationClient(await serve('notification', service)))
    const request = {
      messageId: '0197',
      template: 'password_reset',
      recipient: 'ada@example.com',
      locale: 'en',
      data: { name: 'Ada' },
      sealedData: '',
      expiresAt: null,
    }
    await client.sendMessage(request)
    expect(requests).toEqual([request])
  })
})
