/** A sign-in for store tests, which differs from an ordinary one in what the test names. */
import { createUuid } from '@latchkey/runtime/ids'
import { fingerprintOf } from '../src/domain/client.ts'
import type { SessionId, UserId } from '../src/domain/ids.ts'
import { beginLifetime, overAtOf } from '../src/domain/lifetime.ts'
import { planSignIn, type SignIn } from '../src/domain/sign-in.ts'

export const lifetimes = {
  ttlSeconds: 3600,
  rememberTtlSeconds: 604_800,
  absoluteTtlSeconds: 2_592_000,
  refreshTtlSeconds: 604_800,
}

export interface SignInDifferences {
  readonly userId?: UserId
  readonly device?: string
  readonly deviceKnown?: boolean
  readonly userAgent?: string
  readonly ipAddress?: string
  readonly credentialVersion?: number
  readonly at?: Date
  readonly maxConcurrentSessions?: number
  readonly terminateOldSessions?: boolean
}

export const aUser = (): UserId => createUuid<UserId>()

export const aSignIn = (differences: SignInDifferences = {}): SignIn => {
  const at = differences.at ?? new Date()
  const client = {
    userAgent: differences.userAgent ?? `agent of ${differences.device ?? createUuid()}`,
    ipAddress: differences.ipAddress ?? '203.0.113.7',
  }
  const lifetime = beginLifetime(lifetimes, false, at)
  const device = {
    deviceId: differences.device ?? createUuid(),
    isKnown: differences.deviceKnown ?? false,
    fingerprint: fingerprintOf(client),
    credentialVersion: differences.credentialVersion ?? 1,
  }
  const rules = {
    maxConcurrentSessions: differences.maxConcurrentSessions ?? 5,
    terminateOldSessions: differences.terminateOldSessions ?? true,
    refreshTtlSeconds: lifetimes.refreshTtlSeconds,
  }
  return {
    userId: differences.userId ?? aUser(),
    device,
    client,
    rememberMe: false,
    lifetime,
    dueAt: overAtOf(lifetime, lifetimes.refreshTtlSeconds),
    newId: createUuid<SessionId>(),
    at,
    plan: sessions => planSignIn(sessions, device, rules, at),
  }
}
