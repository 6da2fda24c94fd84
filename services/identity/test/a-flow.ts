/** The request of an application that waits in a visitor's browser. */
import { browserCookiesOf, type GetAuthorizationFlowResponse } from '@latchkey/contracts'
import { randomToken } from '@latchkey/runtime/crypto'
import type { IdentityUnderTest } from './identity-under-test.ts'
import { publicUrl } from './neighbours.ts'
import type { Visitor } from './pages-visitor.ts'

/** Its handle. */
export const aFlow = async (
  { neighbours }: Pick<IdentityUnderTest, 'neighbours'>,
  visitor: Visitor,
  answer: GetAuthorizationFlowResponse = {},
): Promise<string> => {
  const { browser } = browserCookiesOf(publicUrl)
  // The first page that somebody opens gives the browser its cookie.
  await visitor.open('/login')
  const handle = randomToken()
  neighbours.token.flows.push({
    handle,
    browser: visitor.cookies.get(browser) ?? '',
    answer: { clientName: 'Shop', formAction: 'https://shop.example', ...answer },
  })
  return handle
}
