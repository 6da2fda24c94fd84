import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTokenClient, toTimestamp } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const aSubject = (userId: string, version: number) => ({
  userId,
  email: `v${version}@example.com`,
  emailVerified: false,
  name: 'Ada',
  version,
})

const findSubject = (userId: string) => suite.database.prisma.subject.findUnique({ where: { userId } })

describe('IssueTokens', () => {
  it.each([
    { subject: null },
    { sessionId: 'not-an-id' },
    { subject: aSubject('not-an-id', 1) },
    { subject: { ...aSubject(createUuid(), 1), email: '' } },
    { sessionEndsAt: null },
    { authenticatedAt: null },
  ])('refuses what is missing or invalid: %j', async mistake => {
    const request = {
      subject: aSubject(createUuid(), 1),
      sessionId: createUuid(),
      sessionEndsAt: toTimestamp(new Date(Date.now() + 60_000)),
      authenticatedAt: toTimestamp(new Date()),
      authenticationMethods: ['pwd'],
      ...mistake,
    }
    await expect(replica.client.issueTokens(request)).rejects.toMatchObject({
      status: 'INVALID_ARGUMENT',
      reason: 'INVALID_SUBJECT',
    })
  })

  it('is for identity alone (CHECKLIST 40)', async () => {
    const target = `dns:///127.0.0.1:${replica.ports.grpc}`
    const stranger = createTokenClient({ target, tls: suite.gatewayTls })
    await expect(stranger.updateSubject({ subject: aSubject(createUuid(), 1) })).rejects.toMatchObject({
      status: 'PERMISSION_DENIED',
    })
    stranger.close()
  })
})

describe('UpdateSubject', () => {
  it('keeps the highest version, whatever order they come in', async () => {
    const userId = createUuid()
    for (const version of [2, 3, 1])
      await replica.client.updateSubject({ subject: aSubject(userId, version) })
    expect(await findSubject(userId)).toMatchObject({ email: 'v3@example.com', version: 3n })
  })

  it('keeps the highest version under parallel updates', async () => {
    const userId = createUuid()
    const versions = Array.from({ length: 20 }, (_, n) => n + 1)
    await Promise.all(
      versions.map(version => replica.client.updateSubject({ subject: aSubject(userId, version) })),
    )
    expect(await findSubject(userId)).toMatchObject({ version: 20n })
  })
})

describe('EndOfflineAccess', () => {
  it('needs a user and an instant, and is for identity alone', async () => {
    const [userId, signedInUntil] = [createUuid(), toTimestamp(new Date())]
    await replica.client.endOfflineAccess({ userId, signedInUntil })
    for (const mistake of [{ userId: 'not-an-id' }, { signedInUntil: null }]) {
      const refused = replica.client.endOfflineAccess({ userId, signedInUntil, ...mistake })
      await expect(refused).rejects.toMatchObject({ reason: 'INVALID_SUBJECT' })
    }
  })
})

describe('DeleteSubject', () => {
  it('ends every family, keeps nothing but the id, and is not undone by a late update', async () => {
    const first = await suite.signIn(replica)
    const second = await suite.signIn(replica, { userId: first.userId })
    await replica.client.deleteSubject({ userId: first.userId })
    await replica.client.deleteSubject({ userId: first.userId })
    await replica.client.updateSubject({ subject: aSubject(first.userId, 9) })
    expect(await findSubject(first.userId)).toMatchObject({
      email: '',
      name: '',
      deletedAt: expect.any(Date),
    })
    for (const { refreshToken } of [first, second])
      expect((await replica.refresh(refreshToken)).status).toBe(401)
  })
})
