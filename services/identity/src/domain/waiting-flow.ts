/** What waits for somebody to sign in, an authorization request or an invitation: what pages may know of it. */
export interface WaitingFlow {
  /** Decides where the sign-in leads. */
  readonly kind: 'request' | 'invitation'
  /** Where to: the client as it was registered, or the organization. Anybody's text. */
  readonly destinationName: string
  /** What the client thinks that the user signs in with; '' where it does not say. */
  readonly loginHint: string
  /** BCP 47 tags, best first, separated by spaces. */
  readonly uiLocales: string
  /** The client asks for a new account. @see Initiating User Registration via OpenID Connect 1.0 §4 */
  readonly promptsCreation: boolean
  /** How well its user is to have proven who they are, in words of `acr_values_supported`: tried first; ''. */
  readonly acrWanted: string
  /** What it does not do without; '' where anything will do. */
  readonly acrRequired: string
  /** Where the sign-in leads in the end, for the page's form-action; undefined where it stays with us. */
  readonly formAction: string | undefined
}
