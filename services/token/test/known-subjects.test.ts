import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { OrganizationId } from '../src/domain/ids.ts'
import type { Subject } from '../src/domain/subject.ts'
import { createKnownSubjects } from '../src/store/known-subjects.ts'
import { createSubjects } from '../src/store/subjects.ts'
import { aKnownSubject } from './a-subject.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const aSubject = (members: Partial<Subject> = {}) => aKnownSubject({ version: 2, ...members })

/** What one replica knows, and its clock. */
const aReplica = (init: { readonly capacity?: number } = {}) => {
  const clock = { ms: Date.now() }
  const now = () => new Date(clock.ms)
  const known = createKnownSubjects({ subjects: createSubjects(database), now, ...init })
  const passMinutes = (minutes: number) => {
    clock.ms += minutes * 60_000
  }
  return { ...known, passMinutes }
}

const stored = ({ userId }: Subject) => database.prisma.subject.findUnique({ where: { userId } })
/** As if the database had been restored from before the subject was known. */
const lose = ({ userId }: Subject) => database.prisma.subject.delete({ where: { userId } })

describe('a snapshot that was stored a moment ago', () => {
  it('is not sent again', async () => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await lose(subject)
    await replica.save({ ...subject })
    expect(await stored(subject)).toBeNull()
  })

  it('is sent again after five minutes, since a restored database may have lost it', async () => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await lose(subject)
    replica.passMinutes(4)
    await replica.save(subject)
    replica.passMinutes(1)
    await replica.save(subject)
    expect(await stored(subject)).toMatchObject({ name: 'Ada', version: 2n })
  })

  const membership = {
    id: createUuid<OrganizationId>(),
    slug: 'a',
    name: 'A',
    roles: ['owner'],
    permissions: [],
  }
  it.each<[string, Partial<Subject>]>([
    ['version', { version: 3 }],
    ['email', { email: 'ada@new.example' }],
    ['email_verified', { emailVerified: false }],
    ['name', { name: 'Ada Lovelace' }],
    ['roles', { roles: ['editor'] }],
    ['permissions', { permissions: ['posts:write'] }],
    ['organizations', { organizations: [membership] }],
  ])('is not taken for one of another %s', async (_what, change) => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await replica.save({ ...subject, ...change })
    const { version, ...others } = change
    expect(await stored(subject)).toMatchObject({
      ...others,
      ...(version === undefined ? {} : { version: BigInt(version) }),
    })
  })

  it('does not come back over a newer one', async () => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await aReplica().save({ ...subject, name: 'Ada Lovelace', version: 3 })
    await replica.save(subject)
    replica.passMinutes(5)
    await replica.save(subject)
    expect(await stored(subject)).toMatchObject({ name: 'Ada Lovelace', version: 3n })
  })

  it('stays deleted, whichever replica deleted it', async () => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await aReplica().delete(subject.userId)
    await replica.save(subject)
    replica.passMinutes(5)
    await replica.save(subject)
    expect(await stored(subject)).toMatchObject({ name: '', email: '', deletedAt: expect.any(Date) })
  })

  it('is forgotten with its deletion', async () => {
    const replica = aReplica()
    const subject = aSubject()
    await replica.save(subject)
    await replica.delete(subject.userId)
    await lose(subject)
    await replica.save(subject)
    expect(await stored(subject)).toMatchObject({ name: 'Ada', deletedAt: null })
  })

  it('is not remembered where it could not be stored', async () => {
    const replica = aReplica()
    // No column takes a NUL.
    const subject = aSubject({ name: 'Ada\0' })
    await expect(replica.save(subject)).rejects.toThrow()
    await expect(replica.save(subject)).rejects.toThrow()
  })

  it('makes room for others', async () => {
    const replica = aReplica({ capacity: 2 })
    const [first, second, third] = [aSubject(), aSubject(), aSubject()] as const
    for (const subject of [first, second, third]) await replica.save(subject)
    await Promise.all([first, second, third].map(lose))
    for (const subject of [third, second, first]) await replica.save(subject)
    expect(await Promise.all([first, second, third].map(stored))).toEqual([
      expect.objectContaining({ name: 'Ada' }),
      null,
      null,
    ])
  })

  it('is stored once by any number of parallel sign-ins, the newest winning', async () => {
    const replicas = [aReplica(), aReplica()]
    const subject = aSubject()
    const versions = [2, 5, 3, 5, 4, 2]
    await Promise.all(
      versions.map((version, index) =>
        replicas[index % 2]?.save({ ...subject, name: `Ada ${version}`, version }),
      ),
    )
    expect(await stored(subject)).toMatchObject({ name: 'Ada 5', version: 5n })
  })
})
