import { describe, expect, it } from '@jest/globals'
import type { OrganizationId } from './ids.ts'
import { chooseOrganization } from './organization-choice.ts'

const aMembership = (id: string, slug: string) => ({
  id: id as OrganizationId,
  slug,
  name: slug.toUpperCase(),
  roles: [],
  permissions: [],
})
const acme = aMembership('01a2199b-0000-7000-8000-000000000001', 'acme')
const umbrella = aMembership('01a2199b-0000-7000-8000-000000000002', 'umbrella')

describe('the organization that a user acts in', () => {
  it.each([acme.id, 'acme', 'ACME', acme.id.toUpperCase()])('is the one that is asked for: %s', wanted => {
    expect(chooseOrganization([umbrella, acme], wanted)).toEqual({ outcome: 'chosen', membership: acme })
  })

  it('is never one that they do not belong to', () => {
    expect(chooseOrganization([acme], 'umbrella')).toEqual({ outcome: 'not_a_member' })
    expect(chooseOrganization([], umbrella.id)).toEqual({ outcome: 'not_a_member' })
    expect(chooseOrganization([acme], '')).toEqual({ outcome: 'not_a_member' })
  })

  it('is their only one where nobody asks, none where they have none, and theirs to choose else', () => {
    expect(chooseOrganization([acme], undefined)).toEqual({ outcome: 'chosen', membership: acme })
    expect(chooseOrganization([], undefined)).toEqual({ outcome: 'chosen', membership: undefined })
    expect(chooseOrganization([acme, umbrella], undefined)).toMatchObject({ outcome: 'open' })
  })
})
