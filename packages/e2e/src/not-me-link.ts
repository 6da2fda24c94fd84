/** The link of a notice about a session, as identity would mail it: for tests of what it leads to. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { withPostgres } from './postgres.ts'

/** A path of the gateway. `isReview`: of a session under review, whose owner may also say that it is theirs. */
export const aNotMeLink = async (
  { database_url }: { readonly database_url: string },
  email: string,
  { isReview = false } = {},
): Promise<string> => {
  const token = randomBytes(32).toString('base64url')
  const tokenHash = createHash('sha256').update(token).digest('hex')
  const flaggedAt = isReview ? new Date() : null
  await withPostgres(database_url, client =>
    client.query(
      `INSERT INTO latchkey_identity.not_me_links (token_hash, user_id, session_id, flagged_at, created_at, expires_at)
       SELECT $1, id, $2, $3, now(), now() + interval '7 days' FROM latchkey_identity.users WHERE email_key = $4`,
      [tokenHash, randomUUID(), flaggedAt, email],
    ),
  )
  return `/sessions/not-me?token=${token}`
}
