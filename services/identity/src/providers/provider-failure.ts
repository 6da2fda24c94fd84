/** Why nobody could be identified although nobody did anything wrong: the provider, or what it was told of us. */

export type ProviderFailureReason =
  /** Not reached, or busy, for as long as anybody would wait. */
  | 'away'
  /** Its answer is not what the protocol says: a wrong signature, issuer, audience, nonce. */
  | 'answer'
  /** It does not accept our client id or secret, or our callback URL. */
  | 'settings'

export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure'
  readonly reason: ProviderFailureReason
  readonly provider: string
  readonly retryAfterSeconds: number

  constructor(
    provider: string,
    reason: ProviderFailureReason,
    message: string,
    { cause, retryAfterSeconds = 5 }: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(`${provider}: ${message}`, { cause })
    this.provider = provider
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The one among the causes of what a library threw. */
export const failureBehind = (error: unknown): ProviderFailure | undefined => {
  let each = error
  for (let depth = 0; depth < 8 && each instanceof Error; depth += 1) {
    if (each instanceof ProviderFailure) return each
    each = each.cause
  }
  return undefined
}
