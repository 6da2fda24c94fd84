import { describe, expect, it } from '@jest/globals'
import type { SessionId, UserId } from './ids.ts'
import { logoutHintNames } from './logout-hint.ts'

const session = { sessionId: 'b2d1c9aa-session' as SessionId, subject: 'b2d1c9aa-subject' as UserId }
const here = { session, email: 'Ada@example.com' }

describe('RP-Initiated Logout §2: logout_hint', () => {
  it.each([undefined, '', ' '])('names nobody else where there is none: %j', hint => {
    expect(logoutHintNames(hint, here)).toBe(true)
  })

  it.each([session.sessionId, session.subject, here.email, 'ada@EXAMPLE.com', ' ada@example.com '])(
    'names who is signed in: %j',
    hint => {
      expect(logoutHintNames(hint, here)).toBe(true)
    },
  )

  it.each(['grace@example.com', 'ada@example.com.evil.example', 'ada', 'b2d1c9aa', 'undefined'])(
    'names somebody else: %j',
    hint => {
      expect(logoutHintNames(hint, here)).toBe(false)
      expect(logoutHintNames(hint, { session, email: undefined })).toBe(false)
    },
  )
})
