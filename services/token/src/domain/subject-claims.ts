/**
 * What may be said about a subject: which claims each scope gives, and which the `claims` parameter asks for.
 * @see OpenID Connect Core §5.4, §5.5
 */
import type { ClaimsRequest } from './grant.ts'
import type { Subject } from './subject.ts'

/** The snapshot, and when it last changed. */
export type KnownSubject = Subject & { readonly updatedAt: Date }

const claims = {
  name: subject => subject.name,
  updated_at: subject => Math.floor(subject.updatedAt.getTime() / 1000),
  email: subject => subject.email,
  email_verified: subject => subject.emailVerified,
  roles: subject => subject.roles,
  permissions: subject => subject.permissions,
} satisfies Record<string, (subject: KnownSubject) => unknown>

export type SubjectClaimName = keyof typeof claims

export type SubjectClaims = Partial<Readonly<Record<SubjectClaimName, unknown>>>

const subjectClaimNames = Object.keys(claims) as readonly SubjectClaimName[]

const namesByScope: Readonly<Record<string, readonly SubjectClaimName[]>> = {
  profile: ['name', 'updated_at'],
  email: ['email', 'email_verified'],
  roles: ['roles', 'permissions'],
}

/** The claims that a scope gives at the UserInfo endpoint. @see OpenID Connect Core §5.4 */
export const namesOfScope = (scope: string): SubjectClaimName[] =>
  scope.split(' ').flatMap(each => (Object.hasOwn(namesByScope, each) ? (namesByScope[each] ?? []) : []))

/** The claims about the subject that a member of the `claims` parameter asks for; unknown ones are ignored. */
export const namesRequested = (request: ClaimsRequest[keyof ClaimsRequest]): SubjectClaimName[] =>
  subjectClaimNames.filter(name => request !== undefined && Object.hasOwn(request, name))

/** The same, as an access token carries it (`userinfo_claims`). */
export const namesOfUserinfoClaims = (names: readonly string[] | undefined): SubjectClaimName[] =>
  subjectClaimNames.filter(name => names?.includes(name))

/** The scopes that would give what the `claims` parameter asks for: what a user has to be asked about. */
export const scopesOfClaims = ({ userinfo, id_token: idToken }: ClaimsRequest): string[] => {
  const asked = [...namesRequested(userinfo), ...namesRequested(idToken)]
  return Object.keys(namesByScope).filter(scope => namesOfScope(scope).some(name => asked.includes(name)))
}

/** Each claim once, however often it is named; those without a value are left out. @see OpenID Connect Core §5.3.2 */
export const subjectClaims = (subject: KnownSubject, names: readonly SubjectClaimName[]): SubjectClaims =>
  Object.fromEntries(names.map(name => [name, claims[name](subject)]).filter(([, value]) => hasValue(value)))

const hasValue = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== '')
