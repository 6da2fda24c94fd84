/** How organizations, their members and their invitations are written on the wire. */
import type { Member, Organization } from '../domain/organization.ts'
import type { Invitation } from '../domain/organization-invitation.ts'

export const organizationJson = (organization: Organization) => ({
  id: organization.id,
  slug: organization.slug,
  name: organization.name,
  metadata: organization.metadata,
  members: organization.members,
  created_at: organization.createdAt.toISOString(),
  updated_at: organization.updatedAt.toISOString(),
})

export const memberJson = ({ id, email, name, roles, createdAt }: Member) => ({
  user: { id, email, name },
  roles,
  joined_at: createdAt.toISOString(),
})

export const invitationJson = ({ id, email, roles, createdAt, expiresAt }: Invitation) => ({
  id,
  email,
  roles,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt.toISOString(),
})
