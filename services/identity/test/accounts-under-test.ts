/** People who look at their account in a browser. */
import { createClock } from '@latchkey/testkit'
import { goodPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

/** Status and address of a redirect. */
export const placeOf = (answer: { status: number; headers: Headers }) => [
  answer.status,
  answer.headers.get('location'),
]

export const startAccounts = async () => {
  const clock = createClock()
  const identity = await startIdentity({ now: clock.now })

  const signIn = async (visitor: Visitor, email: string) =>
    visitor.submit(await visitor.open('/login'), { email, password: goodPassword })

  /** Somebody who is signed in in a browser, and by a program elsewhere. */
  const somebody = async (headers: Record<string, string> = {}) => {
    const user = await identity.register()
    const visitor = createVisitor(identity, headers)
    await signIn(visitor, user.email)
    return { ...user, visitor }
  }

  const sessionsOf = (id: string) =>
    identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
  const endingsOf = (id: string) => sessionsOf(id).map(({ endReason }) => endReason)

  return { identity, clock, signIn, somebody, sessionsOf, endingsOf, close: () => identity.close() }
}

export type Accounts = Awaited<ReturnType<typeof startAccounts>>
