/**
 * Accounts of another system, a batch at a time. The same batch again changes nothing: an address that has an account
 * is left alone, so that an import that was broken off goes on from where it was by beginning anew.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type { EmailKey } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import type { ImportedUser } from '../domain/imported-user.ts'

export interface ImportUsersDeps {
  readonly imports: {
    insert(users: readonly ImportedUser[], at: Date): Promise<ReadonlySet<EmailKey>>
    findTaken(emailKeys: readonly EmailKey[]): Promise<ReadonlySet<EmailKey>>
  }
  readonly now: () => Date
}

export type NewImportedUser = Omit<ImportedUser, 'id'>

export interface ImportResult {
  /** Addresses that have an account now and had none. */
  readonly made: ReadonlySet<EmailKey>
}

export const createImportUsers =
  ({ imports, now }: ImportUsersDeps) =>
  async (users: readonly NewImportedUser[], { isDryRun }: { isDryRun: boolean }): Promise<ImportResult> => {
    if (isDryRun) {
      const keys = users.map(({ emailKey }) => emailKey)
      const taken = await imports.findTaken(keys)
      return { made: new Set(keys.filter(key => !taken.has(key))) }
    }
    const made = await imports.insert(
      users.map(user => ({ ...user, id: createUuid<UserId>() })),
      now(),
    )
    return { made }
  }

export type ImportUsers = ReturnType<typeof createImportUsers>
