/**
 * Whose account it is, of somebody whom a provider has identified: the one that is linked; the one with the same address,
 * where both sides have verified it; else a new one. An address that only one side has verified opens nothing: somebody may
 * have registered it here, or written it down there, who does not own it.
 */
import { createUuid } from '@latchkey/runtime/ids'
import { type EmailKey, emailKeyOf } from '../domain/email-address.ts'
import type { ExternalUser, IntroducedUser, Introduction } from '../domain/external-account.ts'
import type { UserId } from '../domain/ids.ts'
import { beginUser, type User } from '../domain/user.ts'
import { emptyMetadata } from '../domain/user-metadata.ts'
import { nameOfAddress } from '../domain/user-name.ts'

export interface FindExternalUserDeps {
  readonly users: { findByEmail(emailKey: EmailKey): Promise<User | undefined> }
  readonly accounts: {
    use(introduction: Introduction): Promise<IntroducedUser | undefined>
    link(userId: UserId, introduction: Introduction): Promise<'linked' | 'taken' | 'refused'>
    createUser(user: ExternalUser): Promise<'created' | 'email_exists' | 'taken'>
  }
  readonly relaySoon: () => void
}

export type FoundExternalUser =
  | ({ readonly outcome: 'found' } & IntroducedUser)
  /** There is a local account with the address, which has not proven that the address is its own. */
  | { readonly outcome: 'account_exists' }
  /** The provider tells no address, or has not verified it. */
  | { readonly outcome: 'address_needed' }

// Two first sign-ins at once: the second look finds what the other one made.
const looks = 2

export const createFindExternalUser = ({ users, accounts, relaySoon }: FindExternalUserDeps) => {
  const findKnown = async (introduction: Introduction): Promise<FoundExternalUser | undefined> => {
    const known = await accounts.use(introduction)
    return known && { outcome: 'found', ...known }
  }

  const look = async (introduction: Introduction): Promise<FoundExternalUser | undefined> => {
    const { identity, at } = introduction
    const known = await findKnown(introduction)
    if (known !== undefined) return known
    const { email, emailVerified, name } = identity
    if (email === undefined || !emailVerified) return { outcome: 'address_needed' }
    const local = await users.findByEmail(emailKeyOf(email))
    if (local === undefined) {
      const user = beginUser({
        id: createUuid<UserId>(),
        email,
        emailVerifiedAt: at,
        name: name ?? nameOfAddress(email),
        metadata: emptyMetadata,
        at,
      })
      const created = await accounts.createUser({ ...introduction, user })
      return created === 'created' ? findKnown(introduction) : undefined
    }
    if (local.emailVerifiedAt === undefined) return { outcome: 'account_exists' }
    // Who may not come in is told so by the rules of admission, and gets no further key.
    if (local.disabledAt !== undefined) return { outcome: 'found', userId: local.id, credentialVersion: 0 }
    if ((await accounts.link(local.id, introduction)) !== 'linked') return undefined
    relaySoon()
    return findKnown(introduction)
  }

  return async (introduction: Introduction): Promise<FoundExternalUser> => {
    for (let count = 0; count < looks; count += 1) {
      const found = await look(introduction)
      if (found !== undefined) return found
    }
    return { outcome: 'account_exists' }
  }
}

export type FindExternalUser = ReturnType<typeof createFindExternalUser>
