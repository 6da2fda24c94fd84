/**
 * Journeys to providers. One statement takes a journey back, one redeems its code: of any number at once, one succeeds. A
 * browser that is not the one it began in takes nothing, and leaves it as it is for the other.
 */
import type { Pool } from 'pg'
import type { IntroducedUser } from '../domain/external-account.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type {
  JourneyBrowserHash,
  JourneyPurpose,
  ReturnedJourney,
  SocialJourney,
  StateHash,
} from '../domain/social-journey.ts'

interface JourneyRow {
  readonly stateHash: string
  readonly provider: string
  readonly purpose: string
  readonly browserHash: string | null
  readonly redirectUri: string | null
  readonly codeChallenge: string | null
  readonly flow: string | null
  readonly linkUserId: string | null
  readonly linkSessionId: string | null
  readonly posted: string | null
}

const insert = `
  INSERT INTO social_journeys (state_hash, provider, purpose, browser_hash, redirect_uri, code_challenge, flow,
                               link_user_id, link_session_id, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

const takeReturned = `
  UPDATE social_journeys SET returned_at = $3
   WHERE state_hash = $1 AND provider = $2 AND returned_at IS NULL AND expires_at > $3
     AND (browser_hash IS NULL OR browser_hash = $4)
  RETURNING state_hash AS "stateHash", provider, purpose, browser_hash AS "browserHash", redirect_uri AS "redirectUri",
            code_challenge AS "codeChallenge", flow, link_user_id AS "linkUserId", link_session_id AS "linkSessionId", posted`

const redeem = `
  UPDATE social_journeys SET redeemed_at = $4
   WHERE state_hash = $1 AND provider = $2 AND code_hash = $3 AND redeemed_at IS NULL AND expires_at > $4
  RETURNING user_id AS "userId", credential_version AS "credentialVersion", code_challenge AS "codeChallenge"`

const columnsOf = (purpose: JourneyPurpose) => {
  const [redirectUri, codeChallenge] =
    purpose.kind === 'app' ? [purpose.redirectUri, purpose.codeChallenge ?? null] : [null, null]
  const [userId, sessionId] = 'userId' in purpose ? [purpose.userId, purpose.sessionId] : [null, null]
  const leadsTo =
    purpose.kind === 'page' ? (purpose.flow ?? null) : purpose.kind === 'confirm' ? purpose.next : null
  return [redirectUri, codeChallenge, leadsTo, userId, sessionId]
}

const purposeOf = (row: JourneyRow): JourneyPurpose => {
  const whose = { userId: row.linkUserId as UserId, sessionId: row.linkSessionId as SessionId }
  switch (row.purpose) {
    case 'app':
      return {
        kind: 'app',
        redirectUri: row.redirectUri ?? '',
        codeChallenge: row.codeChallenge ?? undefined,
      }
    case 'link':
      return { kind: 'link', ...whose }
    case 'confirm':
      return { kind: 'confirm', ...whose, next: row.flow ?? '' }
    default:
      return { kind: 'page', flow: row.flow ?? undefined }
  }
}

export interface NewJourney extends SocialJourney {
  readonly at: Date
  readonly expiresAt: Date
}

interface RedeemedRow {
  readonly userId: UserId
  readonly credentialVersion: number | null
  readonly codeChallenge: string | null
}

export interface RedeemedCode {
  readonly userId: UserId
  /** Undefined where an earlier release kept the code. */
  readonly credentialVersion: number | undefined
  readonly codeChallenge: string | undefined
}

export const createSocialJourneys = ({ pool }: { pool: Pool }) => ({
  begin: async ({ stateHash, provider, purpose, browserHash, at, expiresAt }: NewJourney): Promise<void> => {
    const own = columnsOf(purpose)
    const values = [stateHash, provider, purpose.kind, browserHash ?? null, ...own, at, expiresAt]
    await pool.query({ name: 'begin-social-journey', text: insert, values })
  },

  /** Keeps what a provider posted beside the code until the journey comes back. */
  keepPosted: async (stateHash: StateHash, provider: string, posted: string): Promise<void> => {
    await pool.query(
      'UPDATE social_journeys SET posted = $3 WHERE state_hash = $1 AND provider = $2 AND returned_at IS NULL',
      [stateHash, provider, posted],
    )
  },

  /** Undefined for one that is unknown, over, back already, of another provider or another browser: nobody learns which. */
  takeReturned: async (
    stateHash: StateHash,
    provider: string,
    browserHash: JourneyBrowserHash | undefined,
    at: Date,
  ): Promise<ReturnedJourney | undefined> => {
    const values = [stateHash, provider, at, browserHash ?? null]
    const { rows } = await pool.query<JourneyRow>({ name: 'take-social-journey', text: takeReturned, values })
    const [row] = rows
    return (
      row && {
        stateHash,
        provider: row.provider,
        purpose: purposeOf(row),
        browserHash: (row.browserHash ?? undefined) as JourneyBrowserHash | undefined,
        posted: row.posted ?? undefined,
      }
    )
  },

  /** What an application redeems for whom the provider has identified. */
  keepCode: async (
    stateHash: StateHash,
    {
      userId,
      credentialVersion,
      codeHash,
      expiresAt,
    }: IntroducedUser & { readonly codeHash: string; readonly expiresAt: Date },
  ): Promise<void> => {
    await pool.query(
      `UPDATE social_journeys SET user_id = $2, credential_version = $3, code_hash = $4, expires_at = $5
        WHERE state_hash = $1`,
      [stateHash, userId, credentialVersion, codeHash, expiresAt],
    )
  },

  /** Undefined for a code that is wrong, used or outdated. */
  redeem: async (
    stateHash: StateHash,
    provider: string,
    codeHash: string,
    at: Date,
  ): Promise<RedeemedCode | undefined> => {
    const values = [stateHash, provider, codeHash, at]
    const { rows } = await pool.query<RedeemedRow>(redeem, values)
    const [row] = rows
    return (
      row && {
        userId: row.userId,
        credentialVersion: row.credentialVersion ?? undefined,
        codeChallenge: row.codeChallenge ?? undefined,
      }
    )
  },
})
