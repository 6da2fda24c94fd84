/** A user of the suite and the devices that they sign in from, each with its cookies. */
import { randomUUID } from 'node:crypto'
import { type Answer, type Call, call } from './call.ts'

export interface Person {
  readonly email: string
  readonly password: string
  readonly name: string
}

/** Somebody nobody else knows. */
export const aPerson = (given: Partial<Person> = {}): Person => ({
  email: `person-${randomUUID()}@example.com`,
  password: `Sturdy-7${randomUUID().slice(0, 8)}!`,
  name: 'Jo Doe',
  ...given,
})

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly refresh_expires_in: number
}

export interface SignedIn extends Tokens {
  readonly user: { readonly id: string; readonly email: string }
}

export interface DeviceInit {
  readonly userAgent?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser or an app: what it sends with each call, and the cookies that it was given. */
export const createDevice = (suite: { readonly gateway: string }, init: DeviceInit = {}) => {
  const cookies = new Map<string, string>()
  const userAgent = init.userAgent ?? `device-${randomUUID().slice(0, 8)}/1.0`

  const send = async (method: string, path: string, given: Call = {}): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await call(suite.gateway, method, path, {
      ...given,
      headers: {
        'User-Agent': userAgent,
        ...(cookie === '' ? {} : { Cookie: cookie }),
        ...init.headers,
        ...given.headers,
      },
    })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return answer
  }

  return {
    cookies,
    send,
    register: async (person: Person): Promise<SignedIn> =>
      expected<SignedIn>(201, await send('POST', '/auth/register', { json: person })),
    tryToSignIn: ({ email, password }: Pick<Person, 'email' | 'password'>): Promise<Answer> =>
      send('POST', '/auth/login', { json: { email, password } }),
    signIn: async ({ email, password }: Pick<Person, 'email' | 'password'>): Promise<SignedIn> =>
      expected<SignedIn>(200, await send('POST', '/auth/login', { json: { email, password } })),
    tryToRefresh: (refreshToken: string): Promise<Answer> =>
      send('POST', '/auth/refresh', { json: { refresh_token: refreshToken } }),
    refresh: async (refreshToken: string): Promise<Tokens> =>
      expected<Tokens>(200, await send('POST', '/auth/refresh', { json: { refresh_token: refreshToken } })),
  }
}

export type Device = ReturnType<typeof createDevice>

/** The body of an answer that the test takes for granted. @throws Error with the answer where it is another one */
export const expected = <Body>(status: number, answer: Answer): Body => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`)
  return JSON.parse(answer.text)
}

/** `count` results of the same call, all under way at once, or `atOnce` of them. */
export const inParallel = async <Result>(
  count: number,
  work: (index: number) => Promise<Result>,
  atOnce = count,
): Promise<Result[]> => {
  const results: Result[] = []
  while (results.length < count) {
    const wave = Array.from({ length: Math.min(atOnce, count - results.length) }, (_, index) =>
      work(results.length + index),
    )
    results.push(...(await Promise.all(wave)))
  }
  return results
}

export const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort()
