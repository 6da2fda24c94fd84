/** A browser, as far as these tests need one: it keeps cookies and follows nothing. */
import type { startTokenSuite } from './token-under-test.ts'

type Replica = Awaited<ReturnType<Awaited<ReturnType<typeof startTokenSuite>>['startReplica']>>
type Answer = Awaited<ReturnType<Replica['get']>>

export const createBrowser = (replica: Pick<Replica, 'get' | 'post'>) => {
  const cookies = new Map<string, string>()

  const keep = (answer: Answer): Answer => {
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const split = pair.indexOf('=')
      cookies.set(pair.slice(0, split), pair.slice(split + 1))
    }
    return answer
  }
  const cookieHeader = () => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  })
  const get = async (path: string, headers: Record<string, string> = {}) =>
    keep(await replica.get(path, { accept: 'text/html', ...cookieHeader(), ...headers }))
  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    keep(
      await replica.post(path, new URLSearchParams(form).toString(), {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        ...cookieHeader(),
        ...headers,
      }),
    )
  return { cookies, get, post }
}

export type Browser = ReturnType<typeof createBrowser>
