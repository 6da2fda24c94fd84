/** Users made for one question each: signed in, signed out. */
import { type Answer, type Client, textOf } from './client.ts'
import type { TokenPair } from './ledger.ts'
import { newEmail, newPassword } from './user-life.ts'

export interface Person {
  readonly email: string
  readonly password: string
  readonly tokens: TokenPair
}

/** @throws Error with the answer where it is another one */
export const expectStatus = (answer: Answer, status: number): Answer => {
  if (answer.status === status) return answer
  throw new Error(`${answer.call}: ${answer.status} ${answer.failure ?? answer.body.detail}, not ${status}`)
}

/** Somebody who has just registered. */
export const register = async (client: Client): Promise<Person> => {
  const [email, password] = [newEmail(), newPassword()]
  const answer = await client.call('POST', '/auth/register', { json: { email, password, name: 'Ada' } })
  expectStatus(answer, 201)
  const tokens = { access: textOf(answer, 'access_token'), refresh: textOf(answer, 'refresh_token') }
  return { email, password, tokens }
}

export const signOut = async (client: Client, { tokens }: Person): Promise<void> => {
  expectStatus(await client.call('POST', '/auth/logout', { bearer: tokens.access }), 204)
}

export const useAccess = async (client: Client, { tokens }: Person): Promise<number> =>
  (await client.call('GET', '/auth/me', { bearer: tokens.access })).status

export const useRefresh = async (client: Client, { tokens }: Person): Promise<number> =>
  (await client.call('POST', '/auth/refresh', { json: { refresh_token: tokens.refresh } })).status

export const askForReset = async (client: Client, { email }: Pick<Person, 'email'>): Promise<void> => {
  expectStatus(await client.call('POST', '/auth/password/reset', { json: { email } }), 200)
}
