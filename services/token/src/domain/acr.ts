/** Authentication context classes: how a user proved who they are, in one word. @see OpenID Connect Core §2 `acr` */

const passwordAcr = 'urn:latchkey:acr:pwd'

/** Metadata's `acr_values_supported`. */
export const supportedAcrs: readonly string[] = [passwordAcr]

/** @param methods RFC 8176 values */
export const acrOf = (methods: readonly string[]): string | undefined =>
  methods.includes('pwd') ? passwordAcr : undefined
