/** How a passkey is written on the wire. */
import type { Passkey } from '../domain/passkey.ts'

export const passkeyJson = ({ id, name, isBackupEligible, isBackedUp, transports, ...passkey }: Passkey) => ({
  id,
  name,
  /** `synced` ones can be on several devices; `device` ones never leave the one that made them. */
  kind: isBackupEligible ? 'synced' : 'device',
  backed_up: isBackedUp,
  transports,
  created_at: passkey.createdAt.toISOString(),
  last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
})
