/** Second factors as the rest of the service knows them, whichever kind they are. */
import type { AuthenticationMethod } from './authentication-method.ts'
import type { FactorId } from './ids.ts'

/** What a challenge can be answered with, as the wire has it; the order is the one in which they are offered. */
export const secondFactorMethods = ['passkey', 'totp', 'recovery_code'] as const

export type SecondFactorMethod = (typeof secondFactorMethods)[number]

/** One that its owner has set up. Recovery codes are none: they stand in for one. */
export interface Factor {
  readonly id: FactorId
  readonly method: Exclude<SecondFactorMethod, 'recovery_code'>
  /** As its owner calls it; undefined where there is nothing to tell it from. */
  readonly name: string | undefined
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
}

export interface SecondFactorsOfUser {
  /** Empty where there is no factor: recovery codes alone are none. */
  readonly methods: readonly SecondFactorMethod[]
  /** Whether the device that asks was remembered when a factor was proven on it. */
  readonly isRemembered: boolean
}

/**
 * The methods after a second factor. Whoever has proven one with a key before proves nothing more by another key.
 *
 * @see RFC 8176 §2 `mfa`
 */
export const withSecondFactor = (
  first: readonly AuthenticationMethod[],
  second: readonly AuthenticationMethod[],
): readonly AuthenticationMethod[] => [...new Set([...first, ...second, 'mfa' as const])]

/** What may follow on a first factor: never the same once more. */
export const methodsAfter = (
  first: readonly AuthenticationMethod[],
  methods: readonly SecondFactorMethod[],
): readonly SecondFactorMethod[] =>
  first.includes('hwk') || first.includes('swk') ? methods.filter(method => method !== 'passkey') : methods
