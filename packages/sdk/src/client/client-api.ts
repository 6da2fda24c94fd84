/** What the parts of the client call the API with: as nobody, as the signed-in user, or to sign somebody in. */
import { isAuthProblem } from './auth-problem.ts'
import type { Call, Send } from './send.ts'
import type { TokenKeeper } from './token-keeper.ts'
import type { AuthUser } from './wire.ts'

export interface ClientApiDeps {
  readonly send: Send
  readonly keeper: TokenKeeper
}

export const userIn = (body: unknown): AuthUser | undefined =>
  typeof body === 'object' && body !== null && 'user' in body ? (body.user as AuthUser) : undefined

export const createClientApi = ({ send, keeper }: ClientApiDeps) => {
  const sendAsNobody = async <Body>(call: Call): Promise<Body> => (await send(call)).body as Body

  /**
   * A call of the signed-in user. An access token that is refused is renewed, once; where the session has ended, that is
   * what the refresh says.
   */
  const sendSignedIn = async <Body>(call: Call): Promise<Body> => {
    const tokens = await keeper.fresh()
    try {
      return (await send({ ...call, bearer: tokens.accessToken })).body as Body
    } catch (error) {
      if (!isAuthProblem(error, 'TOKEN_EXPIRED') && !isAuthProblem(error, 'INVALID_TOKEN')) throw error
      const { accessToken } = await keeper.renew(tokens)
      return (await send({ ...call, bearer: accessToken })).body as Body
    }
  }

  /** A call that is answered with a user and tokens, which are kept. */
  const signIn = async <Body extends { readonly user: AuthUser }>(call: Call): Promise<Body> => {
    const { body } = await send(call)
    if (userIn(body) === undefined || !(await keeper.take(body)))
      throw new TypeError('The answer to a sign-in has no user and tokens')
    return body as Body
  }

  return { sendAsNobody, sendSignedIn, signIn }
}

export type ClientApi = ReturnType<typeof createClientApi>
