/** Sign-in with providers, as people and applications come to it: links, callbacks, the page that asks for an address. */
import type { Route } from '@latchkey/runtime/http'
import { createSocialApplication, type SocialApplicationDeps } from '../../social-application.ts'
import { createSocialReturn, type SocialReturnDeps } from '../../social-return.ts'
import { createSocialRoutes, type SocialRoutesDeps } from '../../social-routes.ts'
import { createSocialArrival, type SocialArrivalDeps } from './arrival.ts'
import { type BeginSocialPageDeps, createBeginSocialPage } from './begin.ts'
import { createSocialSignUpPage, type SocialSignUpPageDeps } from './sign-up.ts'

export type SocialPagesDeps = BeginSocialPageDeps &
  SocialApplicationDeps &
  SocialArrivalDeps &
  Omit<SocialReturnDeps, 'application' | 'arrival'> &
  SocialRoutesDeps &
  Omit<SocialSignUpPageDeps, 'arrival'>

export interface SocialPages {
  /** For people. */
  readonly pages: readonly Route[]
  /** For people and programs. */
  readonly shared: readonly Route[]
}

export const createSocialPages = (deps: SocialPagesDeps): SocialPages => {
  const arrival = createSocialArrival(deps)
  const application = createSocialApplication(deps)
  return {
    pages: [...createBeginSocialPage(deps), ...createSocialSignUpPage({ ...deps, arrival })],
    shared: [...createSocialRoutes(deps), ...createSocialReturn({ ...deps, application, arrival })],
  }
}
