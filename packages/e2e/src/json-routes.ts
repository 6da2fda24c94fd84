/** What a good request with a body is made of, route by route: the table that bad input is made from. */
import type { Person, SignedIn } from './person.ts'

export interface JsonRoute {
  readonly method: string
  readonly path: string
  readonly needsBearer: boolean
  /** A body that would be taken. */
  readonly body: (somebody: Person & SignedIn) => Readonly<Record<string, unknown>>
  /** Members that hold an object of anybody's making. */
  readonly objects?: readonly string[]
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** As a browser would send one, but of no passkey. */
const credentialOf = (type: 'webauthn.create' | 'webauthn.get', response: object) => ({
  id: base64url('id'),
  type: 'public-key',
  response: {
    clientDataJSON: base64url(JSON.stringify({ type, challenge: 'x', origin: 'https://example.com' })),
    ...response,
  },
})
const assertion = credentialOf('webauthn.get', {
  authenticatorData: base64url('data'),
  signature: base64url('signature'),
})

export const jsonRoutes: readonly JsonRoute[] = [
  {
    method: 'POST',
    path: '/auth/register',
    needsBearer: false,
    body: ({ email, password, name }) => ({ email, password, name, metadata: {} }),
    objects: ['metadata'],
  },
  {
    method: 'POST',
    path: '/auth/login',
    needsBearer: false,
    body: ({ email, password }) => ({ email, password, remember_me: true }),
  },
  {
    method: 'POST',
    path: '/auth/refresh',
    needsBearer: false,
    body: ({ refresh_token }) => ({ refresh_token }),
  },
  {
    method: 'PATCH',
    path: '/auth/me',
    needsBearer: true,
    body: ({ name }) => ({ name, metadata: {} }),
    objects: ['metadata'],
  },
  {
    method: 'POST',
    path: '/auth/reauthenticate',
    needsBearer: true,
    body: ({ password }) => ({ password }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/verify',
    needsBearer: false,
    body: () => ({ mfa_token: 'A'.repeat(43), code: '123456', remember_device: true }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/enrol',
    needsBearer: false,
    body: () => ({ mfa_token: 'A'.repeat(43) }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/enrol/confirm',
    needsBearer: false,
    body: () => ({ mfa_token: 'A'.repeat(43), code: '123456' }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/totp/confirm',
    needsBearer: true,
    body: () => ({ code: '123456' }),
  },
  { method: 'DELETE', path: '/auth/me', needsBearer: true, body: ({ password }) => ({ password }) },
  {
    method: 'PUT',
    path: '/auth/password',
    needsBearer: true,
    body: ({ password }) => ({ current_password: password, new_password: 'Quite-Another-2!' }),
  },
  { method: 'POST', path: '/auth/password/reset', needsBearer: false, body: ({ email }) => ({ email }) },
  {
    method: 'POST',
    path: '/auth/invitations/accept',
    needsBearer: true,
    body: () => ({ token: 'A'.repeat(43) }),
  },
  {
    method: 'POST',
    path: '/auth/password/reset/confirm',
    needsBearer: false,
    body: () => ({ token: 'A'.repeat(43), new_password: 'Quite-Another-2!' }),
  },
  {
    method: 'POST',
    path: '/auth/passkeys/sign-in',
    needsBearer: false,
    body: () => ({ credential: assertion, remember_me: true }),
  },
  {
    method: 'POST',
    path: '/auth/reauthenticate/passkey',
    needsBearer: true,
    body: () => ({ credential: assertion }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/passkeys/verify',
    needsBearer: false,
    body: () => ({ mfa_token: 'A'.repeat(43), credential: assertion, remember_device: true }),
  },
  {
    method: 'POST',
    path: '/auth/mfa/passkeys',
    needsBearer: true,
    body: () => ({
      name: 'Blue key',
      credential: credentialOf('webauthn.create', { attestationObject: base64url('object') }),
    }),
  },
  {
    method: 'PATCH',
    path: '/auth/mfa/passkeys/00000000-0000-4000-8000-000000000000',
    needsBearer: true,
    body: () => ({ name: 'Blue key' }),
  },
  {
    method: 'POST',
    path: '/auth/email/change',
    needsBearer: true,
    body: () => ({ email: 'another-address@example.com' }),
  },
  {
    method: 'POST',
    path: '/auth/email/change/confirm',
    needsBearer: false,
    body: () => ({ token: 'A'.repeat(43) }),
  },
  { method: 'POST', path: '/auth/email/sign-in', needsBearer: false, body: ({ email }) => ({ email }) },
  {
    method: 'POST',
    path: '/auth/email/sign-in/confirm',
    needsBearer: false,
    body: ({ email }) => ({ email, code: '123456', remember_me: true }),
  },
  {
    method: 'POST',
    path: '/auth/email/verify',
    needsBearer: false,
    body: () => ({ token: 'A'.repeat(43) }),
  },
]
