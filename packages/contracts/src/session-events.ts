/**
 * The Redis stream on which the session service tells what becomes of sessions. Each service that listens is a consumer
 * group of its own, and hears everything.
 */
export const sessionEvents = 'events:session'
