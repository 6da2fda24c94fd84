/** One request of a lane and its answer, which must be the one that was hoped for. */
import type { Pool } from 'undici'
import type { Form } from './protocol.ts'

export interface Exchanged {
  readonly text: string
  /** Of a redirect. */
  readonly location: string
}

export const createExchange = (pool: Pool) => {
  const exchange = async (
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    { body, status = 200 }: { body?: string; status?: number } = {},
  ): Promise<Exchanged> => {
    const response = await pool.request({ method, path, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.body.text()
    const { statusCode } = response
    const isExpected = status === 200 ? statusCode < 300 : statusCode === status
    if (!isExpected) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 300)}`)
    return { text, location: String(response.headers.location ?? '') }
  }

  return {
    get: (path: string, headers: Record<string, string> = {}) => exchange('GET', path, headers),
    redirected: (path: string, headers: Record<string, string>) =>
      exchange('GET', path, headers, { status: 303 }),
    /** A wrong password, or no time to look at it. */
    refused: async (path: string, body: object): Promise<void> => {
      const response = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await response.body.text()
      const { statusCode } = response
      if (statusCode !== 401 && statusCode !== 503) throw new Error(`${path} answered ${statusCode}: ${text}`)
    },
    postJson: (path: string, body: object, headers: Record<string, string> = {}) =>
      exchange(
        'POST',
        path,
        { ...headers, 'content-type': 'application/json' },
        { body: JSON.stringify(body) },
      ),
    postForm: (path: string, form: Form, basic?: string) =>
      exchange(
        'POST',
        path,
        {
          'content-type': 'application/x-www-form-urlencoded',
          ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
        },
        { body: new URLSearchParams(form).toString() },
      ),
  }
}

export type Exchange = ReturnType<typeof createExchange>
