/** Ada: as identity tells of her, and as the token service knows her. */
import type { Subject as ToldSubject } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { noAuthority } from '../src/domain/authority.ts'
import type { UserId } from '../src/domain/ids.ts'
import type { Subject } from '../src/domain/subject.ts'

const ada = { email: 'ada@example.com', emailVerified: true, name: 'Ada', version: 1 }

export const aSubject = (members: Partial<ToldSubject> = {}): ToldSubject => ({
  ...ada,
  userId: createUuid(),
  ...members,
})

export const aKnownSubject = (members: Partial<Subject> = {}): Subject => ({
  ...noAuthority,
  ...ada,
  userId: createUuid<UserId>(),
  ...members,
})
