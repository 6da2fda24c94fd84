/** What the stream `events:session` carries: many kinds, of which each listener reads its own. */
export type SessionEventType = 'session.ended' | 'session.flagged'

/** Others, whatever they are, are for others to hear. */
export const isSessionEvent = (event: unknown, type: SessionEventType): boolean =>
  typeof event === 'object' && event !== null && 'type' in event && event.type === type
