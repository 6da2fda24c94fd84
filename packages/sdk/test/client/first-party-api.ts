/** A stand-in for the first-party API: one user, tokens that rotate, and whatever other answer a test wants. */

export const user = {
  id: '0198a3c4-0000-7000-8000-000000000001',
  email: 'ada@example.com',
  name: 'Ada',
  email_verified: false,
  metadata: {},
  created_at: '2026-11-22T12:00:00.000Z',
  updated_at: '2026-11-22T12:00:00.000Z',
}

const signIns = ['POST /auth/login', 'POST /auth/mfa/verify', 'POST /auth/oauth/google/callback']

const problem = (status: number, code: string, detail: string, headers: Record<string, string> = {}) =>
  Response.json(
    { type: 'about:blank', title: code, status, detail, code, request_id: 'request-1' },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )

export const createFirstPartyApi = () => {
  let generation = 0
  let isAlive = true
  const calls: string[] = []
  /** Answers to be given instead, by `METHOD /path`; each once. */
  const instead = new Map<string, () => Response | Promise<Response>>()
  const expired = new Set<string>()

  const tokens = () => ({
    access_token: `access-${generation}`,
    refresh_token: `refresh-${generation}`,
    token_type: 'Bearer',
    expires_in: 900,
    refresh_expires_in: 604_800,
  })

  const signedIn = (status: number) => {
    generation += 1
    return Response.json({ user, ...tokens() }, { status })
  }

  const refresh = ({ refresh_token }: { refresh_token: string }) => {
    if (!isAlive || refresh_token !== `refresh-${generation}`)
      return problem(401, 'INVALID_REFRESH_TOKEN', 'Invalid or expired refresh token')
    generation += 1
    return Response.json(tokens())
  }

  const authorized = (bearer: string, answer: () => Response) => {
    if (expired.has(bearer)) return problem(401, 'TOKEN_EXPIRED', 'Token has expired')
    if (!isAlive || !bearer.startsWith('access-')) return problem(401, 'INVALID_TOKEN', 'Invalid token')
    return answer()
  }

  const route = async (name: string, request: Request): Promise<Response> => {
    const bearer = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
    if (name === 'POST /auth/register') return signedIn(201)
    if (signIns.includes(name)) return signedIn(200)
    if (name === 'GET /auth/oauth/google/authorize')
      return Response.json({ authorization_url: 'https://google.example/authorize', state: 'state-1' })
    if (name === 'POST /auth/refresh') return refresh(JSON.parse(await request.text()))
    if (name === 'POST /auth/logout') return authorized(bearer, () => new Response(null, { status: 204 }))
    return authorized(bearer, () => Response.json(user))
  }

  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const name = `${request.method} ${new URL(request.url).pathname}`
    calls.push(name)
    const other = instead.get(name)
    instead.delete(name)
    return other === undefined ? route(name, request) : other()
  }

  return {
    fetch: send,
    calls,
    instead,
    problem,
    expire: () => void expired.add(`access-${generation}`),
    endSession: () => {
      isAlive = false
    },
  }
}
