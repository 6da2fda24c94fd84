/** Organizations as operators make, name and delete them. Tokens of their members follow before the answer. */
import { createUuid } from '@latchkey/runtime/ids'
import type { OrganizationId } from '../domain/ids.ts'
import type {
  NewOrganization,
  Organization,
  OrganizationChange,
  OrganizationPage,
} from '../domain/organization.ts'

export interface ManageOrganizationsDeps {
  readonly organizations: {
    find(id: OrganizationId): Promise<Organization | undefined>
    list(page: OrganizationPage): Promise<readonly Organization[]>
    insert(organization: NewOrganization, at: Date): Promise<'inserted' | 'slug_taken'>
    update(
      id: OrganizationId,
      change: OrganizationChange,
      at: Date,
    ): Promise<'updated' | 'unknown' | 'slug_taken'>
    delete(id: OrganizationId): Promise<boolean>
  }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export type OrganizationOutcome =
  | { readonly outcome: 'done'; readonly organization: Organization }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'slug_taken' }

export const createManageOrganizations = ({ organizations, settle, now }: ManageOrganizationsDeps) => {
  const found = async (id: OrganizationId): Promise<OrganizationOutcome> => {
    const organization = await organizations.find(id)
    return organization === undefined ? { outcome: 'unknown' } : { outcome: 'done', organization }
  }
  return {
    find: organizations.find,
    list: organizations.list,

    create: async (organization: Omit<NewOrganization, 'id'>): Promise<OrganizationOutcome> => {
      const id = createUuid<OrganizationId>()
      const outcome = await organizations.insert({ ...organization, id }, now())
      return outcome === 'inserted' ? found(id) : { outcome }
    },

    update: async (id: OrganizationId, change: OrganizationChange): Promise<OrganizationOutcome> => {
      const outcome = await organizations.update(id, change, now())
      if (outcome !== 'updated') return { outcome }
      await settle()
      return found(id)
    },

    /** False where there is none. */
    delete: async (id: OrganizationId): Promise<boolean> => {
      const deleted = await organizations.delete(id)
      if (deleted) await settle()
      return deleted
    },
  }
}

export type ManageOrganizations = ReturnType<typeof createManageOrganizations>
