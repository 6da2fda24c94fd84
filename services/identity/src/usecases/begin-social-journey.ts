/** Sends somebody to a provider. What is to come back is written down first; the state is told to nobody but them. */
import { randomToken } from '@latchkey/runtime/crypto'
import type { JourneySecretsOf } from '../domain/journey-secrets.ts'
import type { Provider } from '../domain/provider.ts'
import {
  hashJourneyBrowser,
  hashState,
  type JourneyPurpose,
  journeySeconds,
  type SocialJourney,
} from '../domain/social-journey.ts'

export interface BeginSocialJourneyDeps {
  readonly findProvider: (name: string) => Provider | undefined
  readonly journeys: { begin(journey: SocialJourney & { at: Date; expiresAt: Date }): Promise<void> }
  readonly secretsOf: JourneySecretsOf
  readonly callbackUrlOf: (provider: string) => string
  /** For operators to look at; may be lost. */
  readonly showState: (rawState: string, journey: SocialJourney, ttlSeconds: number) => void
  readonly now: () => Date
}

export interface JourneyBeginning {
  readonly provider: string
  readonly purpose: JourneyPurpose
  /** The browser that it has to end in; undefined where an application holds the state. */
  readonly rawBrowser: string | undefined
}

export type JourneyBegun =
  | { readonly outcome: 'begun'; readonly authorizationUrl: URL; readonly state: string }
  | { readonly outcome: 'unknown_provider' }

/** @throws ProviderFailure */
export const createBeginSocialJourney =
  ({ findProvider, journeys, secretsOf, callbackUrlOf, showState, now }: BeginSocialJourneyDeps) =>
  async ({ provider: name, purpose, rawBrowser }: JourneyBeginning): Promise<JourneyBegun> => {
    const provider = findProvider(name)
    if (provider === undefined) return { outcome: 'unknown_provider' }
    const state = randomToken()
    const callbackUrl = callbackUrlOf(name)
    const authorizationUrl = await provider.authorizationUrl({
      state,
      callbackUrl,
      isFresh: purpose.kind === 'confirm',
      ...secretsOf(state),
    })
    const journey: SocialJourney = {
      stateHash: hashState(state),
      provider: name,
      purpose,
      browserHash: rawBrowser === undefined ? undefined : hashJourneyBrowser(rawBrowser),
    }
    const at = now()
    await journeys.begin({ ...journey, at, expiresAt: new Date(at.getTime() + journeySeconds * 1_000) })
    showState(state, journey, journeySeconds)
    return { outcome: 'begun', authorizationUrl, state }
  }

export type BeginSocialJourney = ReturnType<typeof createBeginSocialJourney>
