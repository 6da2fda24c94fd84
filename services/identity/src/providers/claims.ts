/** From what a provider says about somebody to what we take from it. */
import { parseEmailAddress } from '../domain/email-address.ts'
import type { ExternalIdentity } from '../domain/provider.ts'
import { parseUserName } from '../domain/user-name.ts'

export type Claims = Readonly<Record<string, unknown>>

export const emailOf = (value: unknown): ExternalIdentity['email'] => {
  const checked = typeof value === 'string' ? parseEmailAddress(value) : undefined
  return checked?.outcome === 'accepted' ? checked.value : undefined
}

/** The first that is a name. */
export const nameOf = (...values: readonly unknown[]): ExternalIdentity['name'] => {
  for (const value of values) {
    const checked = typeof value === 'string' ? parseUserName(value) : undefined
    if (checked?.outcome === 'accepted') return checked.value
  }
  return undefined
}

/** Some providers write booleans as text, or as 1. */
export const isTrue = (value: unknown): boolean =>
  value === true || value === 'true' || value === 1 || value === '1'
