/** Each thing that `still_works` of `/auth/health` can name, tried out as a user would. */
import { type Answer, type Client, isFailure } from './client.ts'
import type { Person } from './people.ts'
import { newEmail, newPassword } from './user-life.ts'

/** People whom the trial uses up. */
export interface Cast {
  readonly reader: Person
  readonly changer: Person
  readonly leaver: Person
}

type Trial = (client: Client, cast: Cast) => Promise<Answer>

const trials: Readonly<Record<string, { readonly works: number; readonly trial: Trial }>> = {
  register: {
    works: 201,
    trial: client =>
      client.call('POST', '/auth/register', {
        json: { email: newEmail(), password: newPassword(), name: 'Ada' },
      }),
  },
  login: {
    works: 200,
    trial: (client, { reader: { email, password } }) =>
      client.call('POST', '/auth/login', { json: { email, password }, userAgent: 'another device' }),
  },
  refresh: {
    works: 200,
    trial: (client, { reader }) =>
      client.call('POST', '/auth/refresh', { json: { refresh_token: reader.tokens.refresh } }),
  },
  sessions: {
    works: 200,
    trial: (client, { reader }) => client.call('GET', '/auth/sessions', { bearer: reader.tokens.access }),
  },
  profile: {
    works: 200,
    trial: (client, { reader }) => client.call('GET', '/auth/me', { bearer: reader.tokens.access }),
  },
  password_change: {
    works: 200,
    trial: (client, { changer }) =>
      client.call('PUT', '/auth/password', {
        bearer: changer.tokens.access,
        json: { current_password: changer.password, new_password: newPassword() },
      }),
  },
  password_reset: {
    works: 200,
    trial: (client, { reader }) =>
      client.call('POST', '/auth/password/reset', { json: { email: reader.email } }),
  },
  logout: {
    works: 204,
    trial: (client, { leaver }) => client.call('POST', '/auth/logout', { bearer: leaver.tokens.access }),
  },
}

export interface Tried {
  /** The capabilities that really work now. */
  readonly works: readonly string[]
  /** The answers of those that do not. */
  readonly refusals: readonly Answer[]
  readonly longestMs: number
}

export const triedNames: readonly string[] = Object.keys(trials)

/** Tries everything once, one after the other. */
export const tryEverything = async (client: Client, cast: Cast): Promise<Tried> => {
  const works: string[] = []
  const refusals: Answer[] = []
  let longestMs = 0
  for (const [name, { works: wanted, trial }] of Object.entries(trials)) {
    const startedMs = performance.now()
    const answer = await trial(client, cast)
    longestMs = Math.max(longestMs, answer.atMs - startedMs)
    if (answer.status === wanted) works.push(name)
    else if (isFailure(answer)) refusals.push(answer)
    else throw new Error(`${answer.call}: ${answer.status} ${answer.body.detail}`)
  }
  return { works, refusals, longestMs }
}
