/** Nothing on this machine can provide a store; the message says what to install. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable'
}
