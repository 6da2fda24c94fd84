/** How a row of `passkeys` becomes a passkey. */
import type { PasskeyId, UserId } from '../domain/ids.ts'
import type { Passkey } from '../domain/passkey.ts'
import type { PasskeyName } from '../domain/passkey-name.ts'

export interface PasskeyRow {
  readonly id: string
  readonly userId: string
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly transports: string[]
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  readonly isDiscoverable: boolean
  readonly canVerifyUser: boolean
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** The columns of a `PasskeyRow`. */
export const passkeyColumns = `
  id, user_id AS "userId", credential_id AS "credentialId", public_key AS "publicKey", transports,
  is_backup_eligible AS "isBackupEligible", is_backed_up AS "isBackedUp", is_discoverable AS "isDiscoverable",
  can_verify_user AS "canVerifyUser", name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`

export const toPasskey = (row: PasskeyRow): Passkey => ({
  ...row,
  id: row.id as PasskeyId,
  userId: row.userId as UserId,
  name: row.name as PasskeyName,
  lastUsedAt: row.lastUsedAt ?? undefined,
})
