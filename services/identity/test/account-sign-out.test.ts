import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Accounts, placeOf, startAccounts } from './accounts-under-test.ts'
import { goodPassword } from './identity-under-test.ts'

let accounts: Accounts
beforeAll(async () => {
  accounts = await startAccounts()
})
afterAll(() => accounts.close())

describe('Front-Channel Logout 1.0 §3: the end of the browser’s own session', () => {
  const isListenedTo = async () => {
    const person = await accounts.somebody()
    accounts.identity.neighbours.token.listening.add(accounts.sessionsOf(person.id).at(-1)?.id ?? '')
    const browser = person.visitor.cookies.get('__Host-latchkey_browser')
    return { ...person, signedOut: [303, `/oauth/logout?of=${browser}`] }
  }

  it('goes on to the page that tells applications in this browser', async () => {
    const { visitor, id, signedOut } = await isListenedTo()
    const answer = await visitor.submit(await visitor.open('/account'), {}, '/account/sign-out')
    expect(placeOf(answer)).toEqual(signedOut)
    expect(accounts.endingsOf(id)).toEqual([undefined, 'logout'])
    expect(placeOf(await visitor.open('/account'))).toEqual([303, '/login'])
  })

  it('does so where the account is deleted, once it is', async () => {
    const { visitor, id, signedOut } = await isListenedTo()
    const remove = async (password: string) =>
      visitor.submit(await visitor.open('/account/data'), { password }, '/account/data/delete')
    expect((await remove('Wrong-Guess-1!')).status).toBe(400)
    expect(placeOf(await remove(goodPassword))).toEqual(signedOut)
    expect(accounts.endingsOf(id)).toEqual(['account_deleted', 'account_deleted'])
  })

  it('does not wait for it: where the page can’t be found, the session ends all the same', async () => {
    const { visitor, id } = await isListenedTo()
    const page = await visitor.open('/account')
    accounts.identity.neighbours.token.failing.add('getSignedOutPage')
    const answer = await visitor.submit(page, {}, '/account/sign-out')
    accounts.identity.neighbours.token.failing.clear()
    expect(placeOf(answer)).toEqual([303, '/login'])
    expect(accounts.endingsOf(id)).toEqual([undefined, 'logout'])
  })
})
