/** An account that an operator makes. A password in it must be what the policy wants of everybody's. */
import { createUuid } from '@latchkey/runtime/ids'
import { type EmailAddress, emailKeyOf } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import type { NewManagedUser } from '../domain/managed-user.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { UserMetadata } from '../domain/user-metadata.ts'
import type { UserName } from '../domain/user-name.ts'
import type { Violation } from '../domain/violation.ts'
import type { ChoosePassword } from './choose-password.ts'

export interface CreateUserDeps {
  readonly administration: { insert(user: NewManagedUser): Promise<'inserted' | 'email_exists'> }
  readonly choosePassword: ChoosePassword
  readonly now: () => Date
}

export interface CreateUserInput {
  readonly email: EmailAddress
  readonly name: UserName
  readonly metadata: UserMetadata
  readonly isEmailVerified: boolean
  readonly password: RawPassword | undefined
}

export type CreateUserOutcome =
  | { readonly outcome: 'created'; readonly id: UserId }
  | { readonly outcome: 'email_exists' }
  | { readonly outcome: 'password_refused'; readonly violations: readonly Violation[] }

/** @throws Overloaded */
export const createCreateUser =
  ({ administration, choosePassword, now }: CreateUserDeps) =>
  async ({ password, ...input }: CreateUserInput): Promise<CreateUserOutcome> => {
    const chosen =
      password === undefined ? undefined : await choosePassword({ password, owner: input, userId: undefined })
    if (chosen?.outcome === 'refused') return { outcome: 'password_refused', violations: chosen.violations }
    const id = createUuid<UserId>()
    const passwordHash = chosen?.passwordHash
    const user = { ...input, id, emailKey: emailKeyOf(input.email), passwordHash, at: now() }
    const outcome = await administration.insert(user)
    return outcome === 'inserted' ? { outcome: 'created', id } : { outcome }
  }

export type CreateUser = ReturnType<typeof createCreateUser>
