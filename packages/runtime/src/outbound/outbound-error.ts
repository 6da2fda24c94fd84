/** Why a request to an address that somebody else chose was not made, or its answer not taken. */

export type OutboundReason =
  /** The URL itself: scheme, credentials, host or port. */
  | 'url'
  /** The host is, or resolves to, an address that must not be reached. */
  | 'address'
  /** No such host, no connection, no valid certificate. */
  | 'unreachable'
  | 'timeout'
  /** The answer: a redirect, too long, encoded, of another type. */
  | 'answer'

/** The message names no address: who chose the URL learns nothing about the network. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly reason: OutboundReason

  constructor(reason: OutboundReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
