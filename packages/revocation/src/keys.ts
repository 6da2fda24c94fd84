/** The keys, as operators see them in Redis. */

/**
 * How long a session's marker is kept: the longest life that ACCESS_TOKEN_TTL_SECONDS can give a token (a day), and an
 * hour for clocks and for the event that ends the refresh family.
 */
export const markerTtlSeconds = 86_400 + 3_600

/** Holds the reason for which the session ended. */
export const sessionEndedKey = (sessionId: string) => `session_ended:${sessionId}`

/** Holds the id of the session that the access token belonged to, or of the client that revoked it. */
export const blacklistKey = (jti: string) => `blacklist:${jti}`

/** A random id, new whenever the markers were written anew. Without it, absence of a marker means nothing. */
export const epochKey = 'revocation:epoch'
