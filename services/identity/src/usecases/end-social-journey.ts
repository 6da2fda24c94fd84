/**
 * Somebody comes back from a provider. The journey is taken back before the provider is asked who it is: of any number of
 * returns with one state, one is looked at. @see RFC 9700 §4.7, OpenID Connect Core §3.1.2.7
 */
import type { JourneySecretsOf } from '../domain/journey-secrets.ts'
import type { Provider, ProviderAnswer } from '../domain/provider.ts'
import {
  hashJourneyBrowser,
  hashState,
  type JourneyBrowserHash,
  type JourneyPurpose,
  type ReturnedJourney,
  type StateHash,
} from '../domain/social-journey.ts'

export interface EndSocialJourneyDeps {
  readonly findProvider: (name: string) => Provider | undefined
  readonly journeys: {
    takeReturned(
      stateHash: StateHash,
      provider: string,
      browserHash: JourneyBrowserHash | undefined,
      at: Date,
    ): Promise<ReturnedJourney | undefined>
  }
  readonly secretsOf: JourneySecretsOf
  readonly callbackUrlOf: (provider: string) => string
  readonly hideState: (rawState: string) => void
  readonly now: () => Date
}

export interface JourneyReturn {
  readonly provider: string
  readonly state: string
  /** All that came, `code`, `iss` and `error` among it. */
  readonly parameters: URLSearchParams
  readonly rawBrowser: string | undefined
}

export type JourneyEnd =
  /** Unknown, outdated, used, of another provider or browser. */
  | { readonly outcome: 'invalid_state' }
  | ((ProviderAnswer | { readonly outcome: 'failed'; readonly failure: Error }) & {
      readonly purpose: JourneyPurpose
      readonly stateHash: StateHash
    })

/** `failed`: the provider is away, or answers what it should not; whose journey it was can still be told. */
export const createEndSocialJourney =
  ({ findProvider, journeys, secretsOf, callbackUrlOf, hideState, now }: EndSocialJourneyDeps) =>
  async ({ provider: name, state, parameters, rawBrowser }: JourneyReturn): Promise<JourneyEnd> => {
    const provider = findProvider(name)
    if (provider === undefined) return { outcome: 'invalid_state' }
    const stateHash = hashState(state)
    const browserHash = rawBrowser === undefined ? undefined : hashJourneyBrowser(rawBrowser)
    const journey = await journeys.takeReturned(stateHash, name, browserHash, now())
    if (journey === undefined) return { outcome: 'invalid_state' }
    hideState(state)
    const received = new URLSearchParams(parameters)
    // What a query says of somebody does not count; what their provider posted does.
    received.delete('user')
    if (journey.posted !== undefined) received.set('user', journey.posted)
    const callbackUrl = callbackUrlOf(name)
    const { purpose } = journey
    try {
      const answer = await provider.identify(received, {
        state,
        callbackUrl,
        isFresh: purpose.kind === 'confirm',
        ...secretsOf(state),
      })
      return { ...answer, purpose, stateHash }
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure
      return { outcome: 'failed', failure, purpose, stateHash }
    }
  }

export type EndSocialJourney = ReturnType<typeof createEndSocialJourney>
