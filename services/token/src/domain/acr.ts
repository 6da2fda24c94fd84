/**
 * Authentication context classes: how well a user has proven who they are, in one word. They are a ladder: who is on a rung
 * is on those below it too.
 *
 * @see OpenID Connect Core §2 `acr`, OpenID Connect EAP ACR Values 1.0 §4 (`phr`)
 */

/** One factor; two of them, or a passkey that has recognized its user; two of them, and one can't be phished. */
export const supportedAcrs = ['urn:latchkey:acr:sfa', 'urn:latchkey:acr:mfa', 'phr'] as const

export type Acr = (typeof supportedAcrs)[number]

/** What a client may demand of all its sign-ins. */
export const secondFactorAcr: Acr = 'urn:latchkey:acr:mfa'

const isKey = (method: string): boolean => method === 'hwk' || method === 'swk'

/** @param methods RFC 8176 values */
export const acrOf = (methods: readonly string[]): Acr | undefined => {
  if (methods.length === 0) return undefined
  if (!methods.includes('mfa')) return 'urn:latchkey:acr:sfa'
  return methods.some(isKey) ? 'phr' : 'urn:latchkey:acr:mfa'
}

/** Those that there are, in the order in which they are asked for. */
export const knownAcrs = (values: readonly unknown[]): readonly Acr[] =>
  values.flatMap(value => supportedAcrs.filter(acr => acr === value))

const rungOf = (acr: Acr | undefined): number => (acr === undefined ? -1 : supportedAcrs.indexOf(acr))

/** Whether somebody on `had` is on `wanted` too. */
export const reaches = (had: Acr | undefined, wanted: Acr | undefined): boolean =>
  rungOf(had) >= rungOf(wanted)

export const lowestOf = (acrs: readonly Acr[]): Acr | undefined =>
  supportedAcrs.find(acr => acrs.includes(acr))

export const higherOf = (a: Acr | undefined, b: Acr | undefined): Acr | undefined => (reaches(a, b) ? a : b)

/** What an authorization request asks of the sign-in behind it. */
export interface AcrDemand {
  /** What is tried first. */
  readonly wanted?: Acr | undefined
  /** What it does not do without. */
  readonly required?: Acr | undefined
  /** All that it named: the answer is one of these where one of them is true. */
  readonly named: readonly Acr[]
}

/** What tokens say: the best of the named that is true, else what is true. @see OpenID Connect Core §5.5.1.1 */
export const statedAcr = (methods: readonly string[], named: readonly Acr[]): Acr | undefined => {
  const had = acrOf(methods)
  return supportedAcrs.findLast(acr => named.includes(acr) && reaches(had, acr)) ?? had
}
