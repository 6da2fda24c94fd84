/**
 * Who may register a client: anybody, whoever has an initial token or is an operator, or nobody.
 *
 * @see RFC 7591 §3, "initial access token"
 */
import { OAuthError } from '@latchkey/oauth'
import { timingSafeEqualStrings } from '@latchkey/runtime/crypto'
import type { BearerRequest } from './authenticate-bearer.ts'
import type { AuthorizeAdmin } from './authorize-admin.ts'

export const registrationAccesses = ['open', 'token', 'off'] as const
export type RegistrationAccess = (typeof registrationAccesses)[number]

export interface AdmitRegistrationDeps {
  readonly access: RegistrationAccess
  readonly initialTokens: readonly string[]
  readonly authorizeAdmin: AuthorizeAdmin
}

const bearer = /^Bearer +(\S+)$/i

/** @throws OAuthError 401 or 403 */
export const createAdmitRegistration =
  ({ access, initialTokens, authorizeAdmin }: AdmitRegistrationDeps) =>
  async (request: BearerRequest): Promise<void> => {
    if (access === 'open') return
    if (access === 'off')
      throw new OAuthError('access_denied', 'Dynamic client registration is off; ask an operator', {
        status: 403,
      })
    const [, token = ''] = bearer.exec(request.authorization?.join(',') ?? '') ?? []
    // Every one is compared, so that the time tells nothing about which were close.
    const isInitial = initialTokens.filter(each => timingSafeEqualStrings(each, token)).length > 0
    if (!isInitial) await authorizeAdmin(request, 'admin:clients:write')
  }

export type AdmitRegistration = ReturnType<typeof createAdmitRegistration>
