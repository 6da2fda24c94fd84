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
  /** Something about its use was suspicious, and its owner has been asked: it ends then, unless they confirm it. */
  readonly review?: {
    readonly reason: string
    /** RFC 3339. */
    readonly until: string
  }
}

export interface ExportedSession extends Omit<AuthSession, 'user_agent' | 'current' | 'active' | 'review'> {
  readonly review?: {
    readonly reason: string
    /** RFC 3339. */
    readonly flagged_at: string | null
    /** RFC 3339. */
    readonly until: string
  }
}

export interface EndedSession {
  readonly id: string
  /** `logout`, `unconfirmed`, `not_me` …; a later server may have others. */
  readonly reason: string
  readonly original_ip: string | null
  readonly new_ip: string | null
  /** RFC 3339. */
  readonly ended_at: string
}

/** Where the user was seen. */
export interface KnownAddress {
  readonly ip_address: string
  /** RFC 3339. */
  readonly first_seen_at: string
  /** RFC 3339. */
  readonly last_seen_at: string
  /** RFC 3339; null where the user has not shown that it is theirs. */
  readonly proven_at: string | null
}

/** All that is kept about a user. Beside these, a list for each kind of thing that there is. */
export interface AuthExport {
  /** RFC 3339. */
  readonly exported_at: string
  readonly user: AuthUser
  readonly sessions: readonly ExportedSession[]
  readonly ended_sessions: readonly EndedSession[]
  readonly known_addresses: readonly KnownAddress[]
  readonly connected_apps: readonly {
    readonly client_id: string
    readonly name: string
    /** RFC 3339. */
    readonly connected_at: string
    readonly permissions: readonly string[]
  }[]
  readonly [kind: string]: unknown
}

/** What there is of the installation, and what of it works. */
export interface AuthHealth {
  /** `degraded`: some of it works, as `still_works` says. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly version: string
  /** `database`, `redis`, `identity` …; a later server may have others. */
  readonly dependencies: Readonly<Record<string, 'healthy' | 'unhealthy' | 'unknown'>>
  /** `login`, `refresh`, `password_reset` …; empty where everything works. */
  readonly still_works: readonly string[]
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
  /** Where `CHALLENGE_REQUIRED` has asked for it. */
  readonly challenge_token?: string
}

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly remember_me?: boolean
  /** Where `CHALLENGE_REQUIRED` has asked for it. */
  readonly challenge_token?: string
}

export interface ProfileChange {
  readonly name?: string
  /** Replaced as a whole. */
  readonly metadata?: Readonly<Record<string, unknown>>
}
