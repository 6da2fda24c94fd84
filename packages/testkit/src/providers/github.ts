/**
 * GitHub's OAuth endpoints and the two of its API that a sign-in needs, with their quirks: the token endpoint answers errors
 * with 200, the address of a user may be null, all of them are in a list of their own, limits are 403 or 429.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps, https://docs.github.com/rest/users/emails
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  type StandInAnswer,
  type StandInRequest,
  type StandInServer,
  startStandInServer,
} from './stand-in-server.ts'

export interface GithubPerson {
  readonly id: number
  readonly login: string
  readonly name?: string | null
  readonly emails: readonly {
    readonly email: string
    readonly primary: boolean
    readonly verified: boolean
  }[]
}

export interface GithubStandIn extends StandInServer {
  readonly clientId: string
  readonly clientSecret: string
  /** As if the person had pressed "Authorize" on the page of the URL: where the browser is sent next. */
  readonly approve: (authorizationUrl: string, person: GithubPerson) => URL
}

interface Grant {
  readonly person: GithubPerson
  readonly redirectUri: string
  readonly codeChallenge: string
}

export const startGithub = async (): Promise<GithubStandIn> => {
  const [clientId, clientSecret] = ['Iv1.0123456789abcdef', randomBytes(20).toString('hex')]
  const codes = new Map<string, Grant>()
  const tokens = new Map<string, GithubPerson>()

  const exchange = ({ form, headers }: StandInRequest): StandInAnswer => {
    const failed = (error: string): StandInAnswer => ({
      json: { error, error_description: 'It failed.', error_uri: 'https://docs.github.com' },
    })
    if (headers.accept !== 'application/json') return { status: 406 }
    if (form.get('client_id') !== clientId) return { status: 404 }
    if (form.get('client_secret') !== clientSecret) return failed('incorrect_client_credentials')
    const code = form.get('code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    if (grant === undefined) return failed('bad_verification_code')
    if (form.get('redirect_uri') !== grant.redirectUri) return failed('redirect_uri_mismatch')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (challenge !== grant.codeChallenge) return failed('bad_verification_code')
    const token = `gho_${randomBytes(18).toString('hex')}`
    tokens.set(token, grant.person)
    return { json: { access_token: token, token_type: 'bearer', scope: 'user:email' } }
  }

  const askApi = (request: StandInRequest): StandInAnswer => {
    const person = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    if (person === undefined) return { status: 401, json: { message: 'Bad credentials' } }
    // GitHub refuses whoever does not say who they are.
    if (request.headers['user-agent'] === undefined) return { status: 403 }
    if (request.path === '/api/v3/user/emails')
      return { json: person.emails.map(each => ({ ...each, visibility: each.primary ? 'private' : null })) }
    const { id, login, name = null } = person
    return { json: { id, login, name, email: null, type: 'User' } }
  }

  const server = await startStandInServer(request => {
    if (request.method === 'POST' && request.path === '/login/oauth/access_token') return exchange(request)
    if (/^\/api\/v3\/user(\/emails)?$/.test(request.path)) return askApi(request)
    return { status: 404, json: { message: 'Not Found' } }
  })

  return {
    ...server,
    clientId,
    clientSecret,
    approve: (authorizationUrl, person) => {
      const asked = new URL(authorizationUrl).searchParams
      const code = randomBytes(10).toString('hex')
      const redirectUri = asked.get('redirect_uri') ?? ''
      codes.set(code, { person, redirectUri, codeChallenge: asked.get('code_challenge') ?? '' })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      return back
    },
  }
}
