/** Users to load a suite with, registered as anybody else. */
import { randomUUID } from 'node:crypto'

export interface BenchUser {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly refreshToken: string
  /** The value of a Cookie header: the device that they registered on. */
  readonly cookie: string
}

const password = 'Correct.Horse.7'
/** As many as hash at a time: more would only wait. */
const atATime = 2

export const registerUsers = async (gateway: string, count: number): Promise<BenchUser[]> => {
  const users: BenchUser[] = []
  while (users.length < count) {
    const batch = Array.from({ length: Math.min(atATime, count - users.length) }, () => register(gateway))
    users.push(...(await Promise.all(batch)))
  }
  return users
}

const register = async (gateway: string): Promise<BenchUser> => {
  const email = `bench-${randomUUID()}@example.com`
  const response = await fetch(new URL('/auth/register', gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, name: 'Bench' }),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`registration answered ${response.status}: ${text}`)
  const tokens = JSON.parse(text)
  const cookies = response.headers.getSetCookie().map(cookie => cookie.replace(/;.*/s, ''))
  return {
    email,
    password,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    cookie: cookies.join('; '),
  }
}
