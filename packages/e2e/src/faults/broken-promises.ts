/** Calls in every promise of a ledger, once the faults are over. */
import { eventually } from '@latchkey/testkit'
import type { Client } from './client.ts'
import type { Account, Ledger } from './ledger.ts'

/** Each promise that does not hold, in words; none is what a test hopes for. */
export const findBrokenPromises = async (client: Client, ledger: Ledger): Promise<string[]> => {
  const broken = [...ledger.violations]
  // As many at a time as there are users: a burst of sign-ins would only measure Argon2.
  const left = [...ledger.accounts]
  const worker = async (): Promise<void> => {
    for (let account = left.pop(); account !== undefined; account = left.pop()) {
      broken.push(...(await brokenOf(client, account)).map(what => `${account.email}: ${what}`))
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  return broken
}

type Ask = readonly [string, string, Parameters<Client['call']>[2]]

/** A 503 breaks no promise but asks to come again: a machine that hashes for four may be too busy once. */
const answerTo = (client: Client, ask: Ask) =>
  eventually(
    async () => {
      const answer = await client.call(...ask)
      if (answer.status === 503)
        throw new Error(`${ask[0]} ${ask[1]} still answers 503 (${answer.requestId})`)
      return answer
    },
    { intervalMs: 500 },
  )

const brokenOf = async (client: Client, account: Account): Promise<string[]> => {
  const broken: string[] = []
  const expect = async (what: string, wanted: number, ask: Ask): Promise<void> => {
    const { status, requestId } = await answerTo(client, ask)
    if (status !== wanted) broken.push(`${what}: ${status}, not ${wanted} (${requestId})`)
  }
  const signIn = (password: string) =>
    ['POST', '/auth/login', { json: { email: account.email, password }, userAgent: 'auditor' }] as const
  const useAccess = (bearer: string) => ['GET', '/auth/me', { bearer }] as const
  const useRefresh = (refresh_token: string) =>
    ['POST', '/auth/refresh', { json: { refresh_token } }] as const

  for (const { access, refresh } of account.ended) {
    await expect('an access token after logout', 401, useAccess(access))
    await expect('a refresh token after logout', 401, useRefresh(refresh))
  }
  if (account.tokens !== undefined) {
    await expect('an access token that nobody revoked', 200, useAccess(account.tokens.access))
    await expect('a refresh token that nobody revoked', 200, useRefresh(account.tokens.refresh))
  }
  if (account.password === undefined) return broken
  await expect('the password', 200, signIn(account.password))
  if (account.formerPassword !== undefined)
    await expect('the password before the change', 401, signIn(account.formerPassword))
  return broken
}
