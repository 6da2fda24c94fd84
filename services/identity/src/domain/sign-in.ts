/** What a sign-in is made of. */
import type { AuthenticationMethod } from './authentication-method.ts'
import type { DeviceHash, SessionId, UserId } from './ids.ts'
import type { User } from './user.ts'

/** Who asks, as far as the request tells. */
export interface Origin {
  readonly ipAddress: string
  readonly userAgent: string
  readonly device: DeviceHash
  /** Raw cookie of the browser session that a sign-in takes the place of; undefined for what is no browser, and without one. */
  readonly browserSession?: string | undefined
}

/** A session that is to be begun for somebody who has proven who they are. */
export interface SessionStart {
  readonly user: User
  readonly origin: Origin
  /** Whether the user has signed in from this device before. */
  readonly deviceKnown: boolean
  readonly rememberMe: boolean
  /** Which of the user's passwords was the present one when they proved who they are, or what counts where they have none. */
  readonly credentialVersion: number
  readonly methods: readonly AuthenticationMethod[]
  readonly authenticatedAt: Date
}

export interface BegunSession {
  readonly id: SessionId
  /** No token outlives it. */
  readonly endsAt: Date
}

export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
  readonly refreshExpiresInSeconds: number
}

/** What a browser is given: a cookie that names who is signed in in it. It is no token; no API takes it. */
export interface BrowserSession {
  readonly rawToken: string
  /** The absolute end of the session behind it. */
  readonly endsAt: Date
}

export interface SignInCompletion {
  readonly userId: UserId
  readonly sessionId: SessionId
  /** It must be the present one still. */
  readonly credentialVersion: number
  readonly device: DeviceHash
  readonly at: Date
}
