/** Invitations, by the hash of their token. Of any number of parallel acceptances one succeeds. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { InvitationTokenHash, OrganizationId } from '../domain/ids.ts'
import type { Actor, NoAccess } from '../domain/organization.ts'
import {
  type AcceptedInvitation,
  type Invitation,
  type InvitationAcceptance,
  type InvitationRefusal,
  type NewInvitation,
  type OpenInvitation,
  openInvitationsPerOrganization,
} from '../domain/organization-invitation.ts'
import type { RoleName } from '../domain/role.ts'
import type { PostAskedMail } from './asked-mails.ts'
import { lockAllOrganizationRoles, lockOrganization, lockOrganizationRoles } from './organization-access.ts'
import { addMember } from './organization-members.ts'
import { tellSubjectChanged } from './subject-changes.ts'

/** Of the invitation `i`, at `$2`. */
export const isOpen = 'i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $2'

const countOpen = `SELECT count(*)::int AS open FROM organization_invitations i WHERE organization_id = $1 AND ${isOpen}`

const insert = `
  INSERT INTO organization_invitations (id, organization_id, email, email_key, roles, token_hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const withdrawEarlier = `
  UPDATE organization_invitations i SET withdrawn_at = $2
   WHERE organization_id = $1 AND email_key = $3 AND ${isOpen}`

interface OpenRow extends OpenInvitation {
  readonly organizationId: OrganizationId
  readonly emailKey: string
  readonly roles: RoleName[]
}

const findOpen = `
  SELECT i.organization_id AS "organizationId", o.name AS "organizationName", i.email, i.email_key AS "emailKey", i.roles
    FROM organization_invitations i JOIN organizations o ON o.id = i.organization_id
   WHERE i.token_hash = $1 AND ${isOpen}`

const accept = `
  UPDATE organization_invitations i SET accepted_at = $2 WHERE token_hash = $1 AND ${isOpen}`

// Whoever has the link reads the mails of the address.
const lockInvited = `
  UPDATE users SET email_verified_at = coalesce(email_verified_at, $2)
   WHERE id = $1 AND disabled_at IS NULL AND email_key = $3`

export interface OrganizationInvitationsDeps {
  readonly pool: Pool
  readonly postMail: PostAskedMail
}

export const createOrganizationInvitations = ({ pool, postMail }: OrganizationInvitationsDeps) => ({
  /** Takes the place of an open one to the same address, and sends the mail. */
  create: (invitation: NewInvitation): Promise<'created' | InvitationRefusal> =>
    inTransaction(pool, async (client): Promise<'created' | InvitationRefusal> => {
      const { actor, organizationId, email, emailKey, roles, tokenHash, at, expiresAt } = invitation
      const access = await lockOrganization(client, organizationId, actor)
      if (access.outcome !== 'allowed') return access.outcome
      if (!(await lockAllOrganizationRoles(client, roles))) return 'unknown_role'
      await client.query(withdrawEarlier, [organizationId, at, emailKey])
      const [used] = (await client.query<{ open: number }>(countOpen, [organizationId, at])).rows
      if (used === undefined || used.open >= openInvitationsPerOrganization) throw new TooMany()
      const row = [invitation.id, organizationId, email, emailKey, roles, tokenHash, at, expiresAt]
      await client.query(insert, row)
      const isSent = await postMail(client, {
        template: 'organization_invitation',
        recipient: email,
        locale: invitation.locale,
        sealedData: await invitation.seal(access.name),
        expiresAt: expiresAt.toISOString(),
        subject: undefined,
        askedFrom: invitation.askedFrom,
        at,
      })
      if (!isSent) throw new TooMany()
      return 'created'
    }).catch((error): 'too_many' => {
      if (error instanceof TooMany) return 'too_many'
      throw error
    }),

  /** Open ones, latest first. */
  list: async (organizationId: OrganizationId, at: Date): Promise<readonly Invitation[]> => {
    const { rows } = await pool.query<Invitation>(
      `SELECT id, email, roles, created_at AS "createdAt", expires_at AS "expiresAt" FROM organization_invitations i
        WHERE organization_id = $1 AND ${isOpen} ORDER BY created_at DESC, id DESC`,
      [organizationId, at],
    )
    return rows
  },

  withdraw: (
    actor: Actor,
    organizationId: OrganizationId,
    id: string,
    at: Date,
  ): Promise<'withdrawn' | 'unknown' | NoAccess> =>
    inTransaction(pool, async client => {
      const access = await lockOrganization(client, organizationId, actor)
      if (access.outcome !== 'allowed') return access.outcome
      const { rowCount } = await client.query(
        `UPDATE organization_invitations i SET withdrawn_at = $2
          WHERE organization_id = $1 AND id = $3 AND ${isOpen}`,
        [organizationId, at, id],
      )
      return rowCount === 1 ? 'withdrawn' : 'unknown'
    }),

  /** Into what a token invites, without using it. */
  find: async (tokenHash: InvitationTokenHash, at: Date): Promise<OpenInvitation | undefined> =>
    (await pool.query<OpenRow>(findOpen, [tokenHash, at])).rows[0],

  accept: ({ tokenHash, userId, at }: InvitationAcceptance): Promise<AcceptedInvitation> =>
    inTransaction(pool, async (client): Promise<AcceptedInvitation> => {
      const [invitation] = (await client.query<OpenRow>(findOpen, [tokenHash, at])).rows
      if (invitation === undefined) return { outcome: 'invalid' }
      const { organizationId, organizationName, emailKey, roles } = invitation
      const access = await lockOrganization(client, organizationId, { kind: 'operator' })
      if (access.outcome !== 'allowed') return { outcome: 'invalid' }
      if ((await client.query(lockInvited, [userId, at, emailKey])).rowCount === 0)
        return { outcome: 'wrong_account' }
      if ((await client.query(accept, [tokenHash, at])).rowCount === 0) return { outcome: 'invalid' }
      // A role that is not there any more is not given; the rest of the invitation stands.
      const kept = await lockOrganizationRoles(client, roles)
      const member = { organizationId, userId, roles: kept, at }
      if (!(await addMember(client, member))) throw new TooMany()
      await tellSubjectChanged(client, userId)
      return { outcome: 'accepted', organizationId, organizationName }
    }).catch((error): AcceptedInvitation => {
      if (error instanceof TooMany) return { outcome: 'too_many' }
      throw error
    }),
})

/** Rolls all of it back; never seen outside. */
class TooMany extends Error {}
