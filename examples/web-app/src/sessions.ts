/** Who is signed in at this app, by a cookie. In memory: a real app keeps them where all of its processes see them. */
import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'

/** What a sign-in that is under way must come back with. */
export interface SignInUnderWay {
  readonly codeVerifier: string
  readonly state: string
  readonly nonce: string
}

export interface SignedIn {
  readonly name: string
  readonly email: string
  readonly idToken: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly renewals: number
}

export interface Session {
  readonly underWay?: SignInUnderWay
  readonly signedIn?: SignedIn
}

const cookieName = 'example_session'

export const createSessions = () => {
  const sessions = new Map<string, Session>()
  const idOf = (request: Request) =>
    new RegExp(`(?:^|; )${cookieName}=([\\w-]{43})`).exec(request.headers.cookie ?? '')?.[1] ?? ''

  return {
    of: (request: Request): Session => sessions.get(idOf(request)) ?? {},
    /** A new id each time: nobody can know it before the sign-in. */
    begin: (request: Request, response: Response, session: Session) => {
      sessions.delete(idOf(request))
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, session)
      response.cookie(cookieName, id, { httpOnly: true, sameSite: 'lax' })
    },
    update: (request: Request, session: Session) => void sessions.set(idOf(request), session),
    end: (request: Request, response: Response) => {
      sessions.delete(idOf(request))
      response.clearCookie(cookieName, { httpOnly: true, sameSite: 'lax' })
    },
  }
}
