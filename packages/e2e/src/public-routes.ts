/** Every public route, with what a good request to it is made of: the table that bad input is made from. */
import type { Person, SignedIn } from './person.ts'

export interface PublicPath {
  readonly path: string
  /** As `Allow` names them. */
  readonly methods: readonly string[]
}

export const publicPaths: readonly PublicPath[] = [
  { path: '/auth/health', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/health', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/metrics', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/auth/register', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/login', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/refresh', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/logout', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/me', methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/auth/me/export', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/auth/reauthenticate', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/auth/mfa/verify', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/enrol', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/enrol/confirm', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/totp', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/totp/confirm', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/recovery-codes', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/00000000-0000-4000-8000-000000000000', methods: ['DELETE', 'OPTIONS'] },
  { path: '/auth/password', methods: ['PUT', 'OPTIONS'] },
  { path: '/auth/password/reset', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/password/reset/confirm', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/email/change', methods: ['POST', 'DELETE', 'OPTIONS'] },
  { path: '/auth/email/change/confirm', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/email/verify', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/email/verify/resend', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/sessions', methods: ['GET', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/auth/sessions/00000000-0000-4000-8000-000000000000', methods: ['DELETE', 'OPTIONS'] },
  { path: '/auth/passkeys/options', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/passkeys/sign-in', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/reauthenticate/passkey/options', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/reauthenticate/passkey', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/passkeys/verify/options', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/passkeys/verify', methods: ['POST', 'PATCH', 'DELETE', 'OPTIONS'] },
  { path: '/mfa/passkey', methods: ['POST', 'OPTIONS'] },
  { path: '/auth/mfa/passkeys/options', methods: ['POST', 'PATCH', 'DELETE', 'OPTIONS'] },
  { path: '/auth/mfa/passkeys', methods: ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'] },
  {
    path: '/auth/mfa/passkeys/00000000-0000-4000-8000-000000000000',
    methods: ['PATCH', 'DELETE', 'OPTIONS'],
  },
  { path: '/auth/oauth/providers', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/auth/oauth/demo/authorize', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/auth/oauth/demo/callback', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/auth/external-accounts', methods: ['GET', 'HEAD', 'OPTIONS'] },
  {
    path: '/auth/external-accounts/00000000-0000-4000-8000-000000000000',
    methods: ['DELETE', 'OPTIONS'],
  },
  { path: '/login/demo', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/complete-sign-up', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/account/confirm/provider', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/providers', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/providers/connect', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/providers/disconnect', methods: ['POST', 'OPTIONS'] },
  { path: '/login', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/mfa', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/register', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/forgot-password', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/reset-password', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/sessions/not-me', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/confirm-email-change', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/account/email', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/account/email/code', methods: ['POST', 'OPTIONS'] },
  { path: '/account/email/cancel', methods: ['POST', 'OPTIONS'] },
  { path: '/verify-email', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/verify-email/resend', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/account', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
  { path: '/account/sign-out', methods: ['POST', 'OPTIONS'] },
  { path: '/account/password', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
  { path: '/account/passkeys', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/account/passkeys/rename', methods: ['POST', 'OPTIONS'] },
  { path: '/account/passkeys/remove', methods: ['POST', 'OPTIONS'] },
  { path: '/account/passkeys/remove-password', methods: ['POST', 'OPTIONS'] },
  { path: '/account/confirm/passkey', methods: ['POST', 'OPTIONS'] },
  { path: '/login/passkey', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/assets/some.js', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/sessions', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/sessions/end', methods: ['POST', 'OPTIONS'] },
  { path: '/account/sessions/end-others', methods: ['POST', 'OPTIONS'] },
  { path: '/account/apps', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/apps/disconnect', methods: ['POST', 'OPTIONS'] },
  { path: '/account/data', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/account/data/download', methods: ['POST', 'OPTIONS'] },
  { path: '/account/data/delete', methods: ['POST', 'OPTIONS'] },
  { path: '/account/confirm', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
  { path: '/oauth/token', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/par', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/introspect', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/revoke', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/device_authorization', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/userinfo', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/oauth/register', methods: ['POST', 'OPTIONS'] },
  { path: '/oauth/register/some-client', methods: ['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/clients', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/clients/some-client', methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/clients/some-client/regenerate-secret', methods: ['POST', 'OPTIONS'] },
  { path: '/admin/api/scopes', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/scopes/some-scope', methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/tokens/decode', methods: ['POST', 'OPTIONS'] },
  { path: '/admin/api/default-scopes', methods: ['GET', 'PUT', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/users', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/users/import', methods: ['POST', 'GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/sessions', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/sessions/terminations', methods: ['GET', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/sessions/some-session', methods: ['DELETE', 'OPTIONS'] },
  { path: '/admin/api/users/some-user', methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/users/some-user/unlock', methods: ['POST', 'OPTIONS'] },
  { path: '/admin/api/users/some-user/reset-password', methods: ['POST', 'OPTIONS'] },
  { path: '/admin/api/users/some-user/roles', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/users/some-user/roles/some-role', methods: ['PUT', 'DELETE', 'OPTIONS'] },
  { path: '/admin/api/roles', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/roles/some-role', methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { path: '/admin/api/organizations', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  {
    path: '/admin/api/organizations/00000000-0000-4000-8000-000000000000',
    methods: ['GET', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  },
  {
    path: '/admin/api/organizations/00000000-0000-4000-8000-000000000000/members',
    methods: ['GET', 'HEAD', 'OPTIONS'],
  },
  {
    path: '/admin/api/organizations/00000000-0000-4000-8000-000000000000/members/00000000-0000-4000-8000-000000000000',
    methods: ['PUT', 'DELETE', 'OPTIONS'],
  },
  {
    path: '/admin/api/organizations/00000000-0000-4000-8000-000000000000/invitations',
    methods: ['GET', 'POST', 'HEAD', 'OPTIONS'],
  },
  {
    path: '/admin/api/organizations/00000000-0000-4000-8000-000000000000/invitations/00000000-0000-4000-8000-000000000000',
    methods: ['DELETE', 'OPTIONS'],
  },
  { path: '/auth/organizations', methods: ['GET', 'HEAD', 'OPTIONS'] },
  {
    path: '/auth/organizations/00000000-0000-4000-8000-000000000000/members',
    methods: ['GET', 'HEAD', 'OPTIONS'],
  },
  {
    path: '/auth/organizations/00000000-0000-4000-8000-000000000000/members/00000000-0000-4000-8000-000000000000',
    methods: ['PUT', 'DELETE', 'OPTIONS'],
  },
  {
    path: '/auth/organizations/00000000-0000-4000-8000-000000000000/invitations',
    methods: ['GET', 'POST', 'HEAD', 'OPTIONS'],
  },
  {
    path: '/auth/organizations/00000000-0000-4000-8000-000000000000/invitations/00000000-0000-4000-8000-000000000000',
    methods: ['DELETE', 'OPTIONS'],
  },
  { path: '/auth/invitations/accept', methods: ['POST', 'OPTIONS'] },
  { path: '/invitations/accept', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/oauth/organization', methods: ['GET', 'POST', 'HEAD', 'OPTIONS'] },
  { path: '/.well-known/passkey-endpoints', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/.well-known/change-password', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/.well-known/jwks.json', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/.well-known/openid-configuration', methods: ['GET', 'HEAD', 'OPTIONS'] },
  { path: '/.well-known/oauth-authorization-server', methods: ['GET', 'HEAD', 'OPTIONS'] },
]

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
  {
    method: 'POST',
    path: '/auth/email/verify',
    needsBearer: false,
    body: () => ({ token: 'A'.repeat(43) }),
  },
]
