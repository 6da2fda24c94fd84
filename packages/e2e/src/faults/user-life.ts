/**
 * One user from registration to logout, through every first-party call, as patient as a good client: what gets no
 * answer is asked again. Each promise goes into the ledger, each broken one too.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { type Answer, type CallOptions, type Client, isFailure, textOf } from './client.ts'
import type { Account, Ledger, TokenPair } from './ledger.ts'

export interface UserLifeDeps {
  readonly client: Client
  readonly ledger: Ledger
  readonly userAgent: string
  /** Ends the life at its next step. */
  readonly signal: AbortSignal
}

class Violation extends Error {}
class Interrupted extends Error {}

// Two cores have faults to cope with, not records to break.
const betweenStepsMs = 100
const betweenTriesMs = 200
const givesUpAfterMs = 120_000

export const newPassword = (): string => `Aa1!${randomBytes(9).toString('base64url')}`
export const newEmail = (): string => `u-${randomBytes(8).toString('hex')}@example.com`

const pairOf = (answer: Answer): TokenPair => ({
  access: textOf(answer, 'access_token'),
  refresh: textOf(answer, 'refresh_token'),
})

export const liveOneLife = async (deps: UserLifeDeps): Promise<void> => {
  const { client, ledger, userAgent, signal } = deps

  /** Asks until there is an answer. `repeated`: an earlier try may have been acted on. */
  const ask = async (method: string, path: string, options: CallOptions) => {
    await delay(betweenStepsMs)
    const startedMs = performance.now()
    for (let repeated = false; ; repeated = true) {
      if (signal.aborted) throw new Interrupted()
      const answer = await client.call(method, path, { ...options, userAgent })
      if (!isFailure(answer)) return { answer, repeated }
      if (performance.now() - startedMs > givesUpAfterMs) throw new Violation(`${path}: no answer for 120 s`)
      await delay(betweenTriesMs)
    }
  }

  const expectStatus = (answer: Answer, ...wanted: number[]): void => {
    if (!wanted.includes(answer.status))
      throw new Violation(
        `${answer.call}: ${answer.status} ${answer.body.detail} ${answer.requestId}, not ${wanted.join(' or ')}`,
      )
  }

  const expectOwn = (answer: Answer, tokens: TokenPair, account: Pick<Account, 'userId'>): TokenPair => {
    const { sub } = decodeJwt(tokens.access)
    if (sub !== account.userId) throw new Violation(`${answer.call}: tokens of ${sub} for ${account.userId}`)
    return tokens
  }

  const register = async (): Promise<Account> => {
    const email = newEmail()
    const password = newPassword()
    const { answer, repeated } = await ask('POST', '/auth/register', {
      json: { email, password, name: 'Ada' },
    })
    expectStatus(answer, 201, ...(repeated ? [409] : []))
    const signedIn =
      answer.status === 201
        ? answer
        : (await ask('POST', '/auth/login', { json: { email, password } })).answer
    if (answer.status === 409) expectStatus(signedIn, 200)
    const tokens = pairOf(signedIn)
    const account: Account = {
      email,
      userId: decodeJwt(tokens.access).sub ?? '',
      password,
      formerPassword: undefined,
      tokens,
      ended: [],
      resets: { acknowledged: 0, asked: 0 },
    }
    ledger.accounts.push(account)
    return account
  }

  const signIn = async (account: Account): Promise<TokenPair> => {
    const { email, password } = account
    account.tokens = undefined
    const { answer } = await ask('POST', '/auth/login', { json: { email, password } })
    expectStatus(answer, 200)
    account.tokens = expectOwn(answer, pairOf(answer), account)
    return account.tokens
  }

  const readProfile = async (account: Account, { access }: TokenPair): Promise<void> => {
    const { answer } = await ask('GET', '/auth/me', { bearer: access })
    expectStatus(answer, 200)
    if (answer.body.email !== account.email) throw new Violation(`profile of ${answer.body.email}`)
  }

  /** Two tabs refresh at once: whatever gets through, there is one successor. */
  const refreshTwice = async (account: Account, { refresh }: TokenPair): Promise<TokenPair> => {
    const json = { refresh_token: refresh }
    account.tokens = undefined
    const tabs = await Promise.all([1, 2].map(() => ask('POST', '/auth/refresh', { json })))
    const pairs = tabs.map(({ answer }) => {
      expectStatus(answer, 200)
      return expectOwn(answer, pairOf(answer), account)
    })
    const [first, second] = pairs
    if (first === undefined || first.refresh !== second?.refresh || first.refresh === refresh)
      throw new Violation('two successors of one refresh token')
    account.tokens = first
    return first
  }

  const changePassword = async (account: Account, { access }: TokenPair): Promise<void> => {
    const [present, next] = [account.password, newPassword()]
    const json = { current_password: present, new_password: next }
    account.password = undefined
    const { answer, repeated } = await ask('PUT', '/auth/password', { bearer: access, json })
    // An earlier try that changed it leaves the present password wrong; signing in with the new one tells.
    expectStatus(answer, 200, ...(repeated ? [400] : []))
    account.formerPassword = present
    account.password = next
  }

  const requestReset = async (account: Account): Promise<void> => {
    const { answer, repeated } = await ask('POST', '/auth/password/reset', { json: { email: account.email } })
    expectStatus(answer, 200)
    account.resets.acknowledged += 1
    account.resets.asked += repeated ? 10 : 1
  }

  const signOut = async (account: Account, tokens: TokenPair): Promise<void> => {
    account.tokens = undefined
    const { answer, repeated } = await ask('POST', '/auth/logout', { bearer: tokens.access })
    expectStatus(answer, 204, ...(repeated ? [401] : []))
    account.ended.push(tokens)
    expectStatus((await ask('GET', '/auth/me', { bearer: tokens.access })).answer, 401)
    const json = { refresh_token: tokens.refresh }
    expectStatus((await ask('POST', '/auth/refresh', { json })).answer, 401)
  }

  const live = async (): Promise<void> => {
    const account = await register()
    const first = account.tokens ?? (await signIn(account))
    await readProfile(account, first)
    const second = await refreshTwice(account, first)
    await changePassword(account, second)
    await readProfile(account, second)
    const third = await signIn(account)
    await requestReset(account)
    await signOut(account, third)
    await signIn(account)
  }

  try {
    await live()
  } catch (error) {
    if (error instanceof Interrupted) return
    if (!(error instanceof Error)) throw error
    ledger.violations.push(error instanceof Violation ? error.message : String(error.stack))
  }
}
