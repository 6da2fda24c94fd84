/** What a browser with a passkey does on the pages, as their script does it. */
import { formOf } from '@latchkey/testkit'
import {
  type AuthenticatorInit,
  createSoftwareAuthenticator,
  type Lies,
  type SoftwareAuthenticator,
} from '@latchkey/testkit/passkeys'
import { type Answer, goodPassword, type IdentityUnderTest } from './identity-under-test.ts'
import { publicUrl } from './neighbours.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

export const placeOf = ({ status, headers }: Answer) => [status, headers.get('location')]

/** What the script does with a form of the page: asks, has the authenticator answer, and sends. */
export const usePasskey = async (
  visitor: Visitor,
  page: Answer,
  action: string,
  authenticator: SoftwareAuthenticator,
  { fields = {}, lies = {} }: { fields?: Record<string, string>; lies?: Lies } = {},
): Promise<Answer> => {
  const asked = await visitor.submit(page, fields, action)
  if (asked.status !== 200) return asked
  const isNew = formOf(page.text, action).includes('data-passkey="create"')
  const credential = isNew
    ? authenticator.create(asked.body as unknown as Parameters<typeof authenticator.create>[0], lies)
    : authenticator.get(asked.body as unknown as Parameters<typeof authenticator.get>[0], lies)
  return visitor.submit(page, { ...fields, credential: JSON.stringify(credential) }, action)
}

export const signInWith = async (
  visitor: Visitor,
  authenticator: SoftwareAuthenticator,
  more: Parameters<typeof usePasskey>[4] & { path?: string } = {},
) => usePasskey(visitor, await visitor.open(more.path ?? '/login'), '/login/passkey', authenticator, more)

/** Somebody who is signed in and has added a passkey on the page. */
export const aPageHolder = async (
  identity: IdentityUnderTest,
  init: Partial<AuthenticatorInit> = {},
  name = '',
) => {
  const user = await identity.register()
  const visitor = createVisitor(identity)
  await visitor.submit(await visitor.open('/login'), { email: user.email, password: goodPassword })
  const authenticator = createSoftwareAuthenticator({ origin: publicUrl, ...init })
  const page = await visitor.open('/account/passkeys')
  const added = await usePasskey(visitor, page, '/account/passkeys', authenticator, { fields: { name } })
  if (!added.text.includes('Keep your recovery codes')) throw new Error(`${added.status}: ${added.text}`)
  return { ...user, visitor, authenticator }
}
