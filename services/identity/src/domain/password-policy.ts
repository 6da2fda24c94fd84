/**
 * What a new password must be. `archon`: length, four kinds of characters, not a common one. `nist`: SP 800-63B-4
 * §3.1.1.2, which is length and blocklist alone; a password that is the only factor has at least 15 characters.
 * Each rule is one entry; a policy is the list of its rules. The rule about earlier passwords needs their hashes
 * and lives in `usecases/choose-password.ts`.
 */
import type { CommonPasswords } from './common-passwords.ts'
import { lengthOf, maxPasswordLength, type RawPassword } from './password-text.ts'
import type { Violation } from './violation.ts'

export const passwordPolicyNames = ['archon', 'nist'] as const
export type PasswordPolicyName = (typeof passwordPolicyNames)[number]

/** What an attacker tries because they know whose password it is. */
export interface PasswordOwner {
  readonly email: string
  readonly name: string
}

export interface PasswordPolicy {
  /** How many passwords, the present one included, may not be chosen again; 0 for a policy without memory. */
  readonly remembers: number
  /** Every rule that the password breaks; none means that it may be used. */
  check(password: RawPassword, owner?: PasswordOwner): readonly Violation[]
}

type Rule = (password: RawPassword, owner: PasswordOwner | undefined) => Violation | undefined

export const createPasswordPolicy = (name: PasswordPolicyName, common: CommonPasswords): PasswordPolicy => {
  const policies: Record<PasswordPolicyName, { remembers: number; rules: readonly Rule[] }> = {
    archon: {
      remembers: 5,
      rules: [
        atLeast(8),
        atMost(maxPasswordLength),
        contains(/\p{Lu}/u, 'password_needs_upper_case', 'an upper-case letter'),
        contains(/\p{Ll}/u, 'password_needs_lower_case', 'a lower-case letter'),
        contains(/\p{Nd}/u, 'password_needs_digit', 'a digit'),
        contains(/[!@#$%^&*(),.?":{}|<>]/, 'password_needs_special_character', 'one of !@#$%^&*(),.?":{}|<>'),
        notCommon(common),
      ],
    },
    nist: {
      remembers: 0,
      rules: [atLeast(15), atMost(maxPasswordLength), notCommon(common), notRepeated(common), notOfOwner],
    },
  }
  const { remembers, rules } = policies[name]
  return {
    remembers,
    check: (password, owner) =>
      rules.map(rule => rule(password, owner)).filter(violation => violation !== undefined),
  }
}

const atLeast =
  (limit: number): Rule =>
  password =>
    lengthOf(password) >= limit
      ? undefined
      : { code: 'password_too_short', message: `must have at least ${limit} characters`, limit }

const atMost =
  (limit: number): Rule =>
  password =>
    lengthOf(password) <= limit
      ? undefined
      : { code: 'password_too_long', message: `must have at most ${limit} characters`, limit }

const contains =
  (pattern: RegExp, code: string, what: string): Rule =>
  password =>
    pattern.test(password) ? undefined : { code, message: `must contain ${what}` }

const tooCommon: Violation = { code: 'password_too_common', message: 'must not be a commonly used password' }

const notCommon =
  (common: CommonPasswords): Rule =>
  password =>
    common.has(password) ? tooCommon : undefined

/** `aaaaaaaaaaaaaaa` and `passwordpassword` are long, and no better than what they repeat. */
const notRepeated =
  (common: CommonPasswords): Rule =>
  password => {
    const unit = /^(.{1,64}?)\1+$/su.exec(password)?.[1]
    return unit !== undefined && (unit.length <= 4 || common.has(unit)) ? tooCommon : undefined
  }

const notOfOwner: Rule = (password, owner) => {
  if (owner === undefined) return undefined
  const expected = [owner.email, owner.email.split('@')[0] ?? '', owner.name].map(text => text.toLowerCase())
  return expected.includes(password.toLowerCase())
    ? { code: 'password_is_personal', message: 'must not be your name or email address' }
    : undefined
}
