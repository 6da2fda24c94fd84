/** The bodies of the first-party API, as they are on the wire. */

export interface AuthUser {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly email_verified: boolean
  readonly metadata: Readonly<Record<string, unknown>>
  /** RFC 3339. */
  readonly created_at: string
  /** RFC 3339. */
  readonly updated_at: string
}

export interface AuthSession {
  readonly id: string
  /** RFC 3339. */
  readonly created_at: string
  /** RFC 3339. */
  readonly last_accessed: string
  /** RFC 3339. */
  readonly expires_at: string
  readonly ip_address: string | null
  readonly user_agent: string
  /** For people: browser and system. */
  readonly device: string
  /** The one that asks. */
  readonly current: boolean
  readonly active: boolean
}

export interface AuthTokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly token_type: string
  /** Seconds. */
  readonly expires_in: number
  /** Seconds. */
  readonly refresh_expires_in: number
}

export interface Registration {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly remember_me?: boolean
}

export interface ProfileChange {
  readonly name?: string
  /** Replaced as a whole. */
  readonly metadata?: Readonly<Record<string, unknown>>
}
