/**
 * Every public route and what the gateway does for it before it is passed on. What is not here does not exist.
 * The gateway's own answers (/, /auth/health, /health, /metrics) are in http/.
 */
import type { Method, Route } from './domain/routes.ts'

type Kind = Omit<Route, 'methods' | 'path'>

/** Routes that are treated alike: a path and its methods each. */
const rows = (kind: Kind, table: readonly (readonly [path: string, ...methods: Method[]])[]): Route[] =>
  table.map(([path, ...methods]) => ({ methods, path, ...kind }))

const open: Kind = { upstream: 'identity', bearer: 'none', limit: 'default' }
/** What can be guessed at, whatever it is. */
const signIn: Kind = { ...open, limit: 'login' }
const signedIn: Kind = { ...open, bearer: 'required' }
/** A code that is typed in is of the bearer's account; a link needs nobody. */
const perhapsSignedIn: Kind = { ...open, bearer: 'optional' }
/** Registration may be tried until it is right. */
const register: Kind = { ...open, limit: 'register', refundInvalid: true }
const passwordReset: Kind = { ...open, limit: 'password_reset' }
const page: Kind = { ...open, page: true }

/** The second half of a sign-in spends the budget of the first. */
const waysIn: readonly Route[] = [
  ...rows(register, [['/auth/register', 'POST']]),
  ...rows(signIn, [
    ['/auth/login', 'POST'],
    ['/auth/passkeys/sign-in', 'POST'],
    ['/auth/email/sign-in', 'POST'],
    ['/auth/email/sign-in/confirm', 'POST'],
    ['/auth/mfa/verify', 'POST'],
    ['/auth/mfa/enrol', 'POST'],
    ['/auth/mfa/enrol/confirm', 'POST'],
    ['/auth/mfa/passkeys/verify/options', 'POST'],
    ['/auth/mfa/passkeys/verify', 'POST'],
  ]),
  ...rows(open, [
    ['/auth/passkeys/options', 'POST'],
    ['/auth/oauth/providers', 'GET'],
  ]),
  // For browsers and for applications.
  ...rows({ ...page, forApplications: true }, [
    ['/auth/oauth/:provider/authorize', 'GET'],
    ['/auth/oauth/:provider/callback', 'GET', 'POST'],
  ]),
]

const account: readonly Route[] = [
  ...rows(signedIn, [
    ['/auth/me', 'GET', 'PATCH', 'DELETE'],
    ['/auth/me/export', 'GET'],
    ['/auth/reauthenticate', 'POST'],
    ['/auth/reauthenticate/passkey/options', 'POST'],
    ['/auth/reauthenticate/passkey', 'POST'],
    ['/auth/password', 'PUT'],
    ['/auth/email/change', 'POST', 'DELETE'],
    ['/auth/mfa', 'GET'],
    ['/auth/mfa/totp', 'POST'],
    ['/auth/mfa/totp/confirm', 'POST'],
    ['/auth/mfa/recovery-codes', 'POST'],
    ['/auth/mfa/passkeys/options', 'POST'],
    ['/auth/mfa/passkeys', 'GET', 'POST'],
    ['/auth/mfa/passkeys/:id', 'PATCH', 'DELETE'],
    ['/auth/mfa/:id', 'DELETE'],
    ['/auth/external-accounts', 'GET'],
    ['/auth/external-accounts/:id', 'DELETE'],
  ]),
  ...rows({ ...signedIn, limit: 'verification_resend' }, [['/auth/email/verify/resend', 'POST']]),
  ...rows(perhapsSignedIn, [
    ['/auth/email/verify', 'POST'],
    ['/auth/email/change/confirm', 'POST'],
  ]),
  ...rows(passwordReset, [['/auth/password/reset', 'POST']]),
  ...rows(open, [['/auth/password/reset/confirm', 'POST']]),
]

const organizations: readonly Route[] = rows(signedIn, [
  ['/auth/organizations', 'GET'],
  ['/auth/organizations/:id/members', 'GET'],
  ['/auth/organizations/:id/members/:user', 'PUT', 'DELETE'],
  ['/auth/organizations/:id/invitations', 'GET', 'POST'],
  ['/auth/organizations/:id/invitations/:invitation', 'DELETE'],
  ['/auth/invitations/accept', 'POST'],
])

/** Of identity: forms spend the budgets of what they do, looking at them that of everything else. */
const pages: readonly Route[] = [
  ...rows({ ...signIn, page: true }, [
    ['/login', 'POST'],
    ['/login/email', 'POST'],
    ['/login/email/confirm', 'POST'],
    ['/mfa', 'POST'],
    ['/mfa/enrol', 'POST'],
  ]),
  ...rows({ ...register, page: true }, [['/register', 'POST']]),
  ...rows({ ...passwordReset, page: true }, [['/forgot-password', 'POST']]),
  ...rows({ ...open, limit: 'verification_resend', page: true }, [['/verify-email/resend', 'POST']]),
  ...rows(page, [
    ['/login', 'GET'],
    ['/login/email', 'GET'],
    ['/login/email/confirm', 'GET'],
    // Asked and answered: twice for each sign-in, and nothing that could be guessed.
    ['/login/passkey', 'POST'],
    ['/login/:provider', 'GET'],
    ['/mfa', 'GET'],
    ['/mfa/enrol', 'GET'],
    ['/mfa/step-up', 'GET'],
    ['/mfa/passkey', 'POST'],
    ['/register', 'GET'],
    ['/complete-sign-up', 'GET', 'POST'],
    ['/forgot-password', 'GET'],
    ['/reset-password', 'GET', 'POST'],
    ['/verify-email', 'GET', 'POST'],
    ['/verify-email/resend', 'GET'],
    ['/confirm-email-change', 'GET', 'POST'],
    ['/sessions/not-me', 'GET', 'POST'],
    ['/invitations/accept', 'GET', 'POST'],
    ['/account', 'GET', 'POST'],
    ['/account/sign-out', 'POST'],
    ['/account/confirm', 'GET', 'POST'],
    ['/account/confirm/code', 'POST'],
    ['/account/confirm/passkey', 'POST'],
    ['/account/confirm/provider', 'GET'],
    ['/account/password', 'GET', 'POST'],
    ['/account/email', 'GET', 'POST'],
    ['/account/email/code', 'POST'],
    ['/account/email/cancel', 'POST'],
    ['/account/security', 'GET'],
    ['/account/security/totp', 'GET', 'POST'],
    ['/account/security/totp/confirm', 'POST'],
    ['/account/security/totp/remove', 'POST'],
    ['/account/security/recovery-codes', 'GET', 'POST'],
    ['/account/security/devices/forget', 'POST'],
    ['/account/passkeys', 'GET', 'POST'],
    ['/account/passkeys/rename', 'POST'],
    ['/account/passkeys/remove', 'POST'],
    ['/account/passkeys/remove-password', 'POST'],
    ['/account/providers', 'GET'],
    ['/account/providers/connect', 'GET'],
    ['/account/providers/disconnect', 'POST'],
    ['/account/sessions', 'GET'],
    ['/account/sessions/end', 'POST'],
    ['/account/sessions/end-others', 'POST'],
    ['/account/apps', 'GET'],
    ['/account/apps/disconnect', 'POST'],
    ['/account/organizations', 'GET'],
    ['/account/organizations/leave', 'POST'],
    ['/account/organizations/join', 'POST'],
    ['/account/organizations/decline', 'POST'],
    ['/account/data', 'GET'],
    ['/account/data/download', 'POST'],
    ['/account/data/delete', 'POST'],
  ]),
  // The scripts of the pages, and where password managers lead people.
  ...rows(open, [
    ['/assets/:file', 'GET'],
    ['/.well-known/change-password', 'GET'],
  ]),
  ...rows({ ...open, publicDocument: true }, [['/.well-known/passkey-endpoints', 'GET']]),
]

const ofToken: Kind = { upstream: 'token', bearer: 'none', limit: 'default' }

/**
 * The token service authenticates clients and bearers itself: the gateway streams and parses nothing. It also knows whose
 * pages may call it.
 */
const oauth: readonly Route[] = [
  ...rows({ ...ofToken, limit: 'refresh' }, [['/auth/refresh', 'POST']]),
  ...rows({ ...ofToken, page: true }, [
    ['/oauth/authorize', 'GET', 'POST'],
    ['/oauth/resume', 'GET'],
    ['/oauth/consent', 'GET', 'POST'],
    ['/oauth/organization', 'GET', 'POST'],
    ['/oauth/device', 'GET', 'POST'],
    ['/oauth/logout', 'GET', 'POST'],
  ]),
  ...rows({ ...ofToken, ownCors: true }, [
    ['/oauth/token', 'POST'],
    ['/oauth/par', 'POST'],
    ['/oauth/introspect', 'POST'],
    ['/oauth/revoke', 'POST'],
    ['/oauth/device_authorization', 'POST'],
    ['/oauth/userinfo', 'GET', 'POST'],
    ['/oauth/register', 'POST'],
    ['/oauth/register/:client_id', 'GET', 'PUT', 'DELETE'],
  ]),
  ...rows({ ...ofToken, publicDocument: true }, [['/.well-known/*', 'GET']]),
]

/** Bearers are a client's own, without a session: the token service judges them, scope and all, for identity too. */
const admin: readonly Route[] = [
  ...rows(ofToken, [
    ['/admin/api/clients', 'GET', 'POST'],
    ['/admin/api/clients/:id', 'GET', 'PATCH', 'DELETE'],
    ['/admin/api/clients/:id/regenerate-secret', 'POST'],
    ['/admin/api/scopes', 'GET', 'POST'],
    ['/admin/api/scopes/:name', 'GET', 'PATCH', 'DELETE'],
    ['/admin/api/tokens/decode', 'POST'],
    ['/admin/api/default-scopes', 'GET', 'PUT'],
  ]),
  ...rows(open, [
    ['/admin/api/users', 'GET', 'POST'],
    ['/admin/api/users/import', 'POST'],
    ['/admin/api/users/:id', 'GET', 'PATCH', 'DELETE'],
    ['/admin/api/users/:id/unlock', 'POST'],
    ['/admin/api/users/:id/reset-mfa', 'POST'],
    ['/admin/api/users/:id/reset-password', 'POST'],
    ['/admin/api/users/:id/roles', 'GET'],
    ['/admin/api/users/:id/roles/:role', 'PUT', 'DELETE'],
    ['/admin/api/sessions', 'GET'],
    ['/admin/api/sessions/terminations', 'GET'],
    ['/admin/api/sessions/:id', 'GET', 'DELETE'],
    ['/admin/api/roles', 'GET', 'POST'],
    ['/admin/api/roles/:name', 'GET', 'PATCH', 'DELETE'],
    ['/admin/api/organizations', 'GET', 'POST'],
    ['/admin/api/organizations/:id', 'GET', 'PATCH', 'DELETE'],
    ['/admin/api/organizations/:id/members', 'GET'],
    ['/admin/api/organizations/:id/members/:user', 'PUT', 'DELETE'],
    ['/admin/api/organizations/:id/invitations', 'GET', 'POST'],
    ['/admin/api/organizations/:id/invitations/:invitation', 'DELETE'],
  ]),
]

const sessions: readonly Route[] = rows({ upstream: 'session', bearer: 'required', limit: 'default' }, [
  ['/auth/logout', 'POST'],
  ['/auth/sessions', 'GET', 'DELETE'],
  ['/auth/sessions/:id', 'DELETE'],
])

/** Where two paths fit, the first counts. */
export const routes: readonly Route[] = [
  ...waysIn,
  ...account,
  ...organizations,
  ...pages,
  ...oauth,
  ...admin,
  ...sessions,
]
