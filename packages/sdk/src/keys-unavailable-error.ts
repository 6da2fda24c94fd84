/** The issuer's keys could not be had. */
import { UnavailableError } from './unavailable-error.ts'

/** Answer 503 with `Retry-After: retryAfterSeconds`. */
export class KeysUnavailableError extends UnavailableError<'keys_unavailable'> {
  override readonly name = 'KeysUnavailableError'

  constructor(options?: ErrorOptions) {
    super('keys_unavailable', options)
  }
}
