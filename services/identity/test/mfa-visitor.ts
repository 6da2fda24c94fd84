/** What a browser does on the pages of second factors, and what it reads there. */
import { type Answer, goodPassword, type IdentityUnderTest } from './identity-under-test.ts'
import { publicUrl } from './neighbours.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'
import type { App } from './second-factors.ts'

/** Without the origin, where that is ours. */
export const locationOf = ({ headers }: Answer): string =>
  (headers.get('location') ?? '').replace(publicUrl, '')

export const secretOn = ({ text }: Answer): string =>
  (/<code>([A-Z2-7 ]+)<\/code>/.exec(text)?.[1] ?? '').replaceAll(' ', '')

export const recoveryCodesOn = ({ text }: Answer): string[] =>
  [...text.matchAll(/<li>((?:[0-9a-z]{5}-){4}[0-9a-z]{5})<\/li>/g)].map(([, code = '']) => code)

/** Types the password; the answer leads on. */
export const typePassword = async (visitor: Visitor, email: string, flow = ''): Promise<Answer> => {
  const page = `/login${flow === '' ? '' : `?flow=${flow}`}`
  return visitor.submit(await visitor.open(page), { email, password: goodPassword })
}

/** A browser whose user has signed in, with a code where there is an app. */
export const aSignedInVisitor = async (
  identity: IdentityUnderTest,
  { email, app }: { readonly email: string; readonly app?: App },
): Promise<Visitor> => {
  const visitor = createVisitor(identity)
  const asked = await typePassword(visitor, email)
  if (app !== undefined) await visitor.submit(await visitor.open(locationOf(asked)), { code: app.nextCode() })
  return visitor
}
