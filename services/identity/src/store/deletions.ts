/**
 * The deletion of an account, whoever asks for it: nothing that we keep names the user afterwards. What counts mails against
 * bombing (asked_mails) forgets by itself within the hour, and would start afresh if a deletion emptied it.
 */
import type { PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import { aMessage, tell } from './outbox-messages.ts'

// The tables with a foreign key to users follow by themselves; these know a user by their address, or by what led to them.
// All parts of the statement see the same rows: what goes can still be asked for.
const deleteUser = `
  WITH gone AS (
    DELETE FROM users u
     WHERE u.id = $1
       AND ($2::int IS NULL OR coalesce((SELECT version FROM password_credentials WHERE user_id = $1), former_credential_version) = $2)
    RETURNING u.id, u.email, u.email_key),
  attempts AS (DELETE FROM login_attempts a USING gone WHERE a.email_key = gone.email_key),
  proofs AS (DELETE FROM email_proofs p USING gone WHERE p.email_key = gone.email_key),
  invitations AS (DELETE FROM organization_invitations i USING gone WHERE i.email_key = gone.email_key),
  journeys AS (DELETE FROM social_journeys j USING gone WHERE gone.id IN (j.user_id, j.link_user_id)),
  sign_ups AS (
    DELETE FROM social_sign_ups s USING gone, external_accounts e
     WHERE e.user_id = gone.id AND s.issuer = e.issuer AND s.subject = e.subject)
  SELECT email FROM gone`

/**
 * Ends the user's sessions, has the token service forget them and mails them that it is done, in the caller's transaction.
 * With a `credentialVersion` only where that is still the password's. False where nothing was deleted.
 */
export const deleteAccount = async (
  client: PoolClient,
  id: UserId,
  credentialVersion: number | undefined,
): Promise<boolean> => {
  const { rows } = await client.query<{ email: string }>(deleteUser, [id, credentialVersion ?? null])
  const [user] = rows
  if (user === undefined) return false
  await tell(client, 'sessions.end', id, {
    userId: id,
    exceptSessionId: null,
    fromCredentialVersion: 0,
    reason: 'account_deleted',
  })
  await tell(client, 'subject.deleted', id, { userId: id })
  await tell(client, 'message.send', id, aMessage({ template: 'account_deleted', recipient: user.email }))
  return true
}
