/**
 * `/mfa/step-up`: where the token service sends a browser whose session proves less than a waiting request wants. It asks
 * for nothing itself: it leads to the page that does, or back with the word that there is nothing to ask for.
 */
import { type Route, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import type { StepUp } from '../../usecases/step-up.ts'
import type { ReadDevice } from '../device.ts'
import { type Entrance, entranceQuery } from './entrance.ts'

export interface StepUpPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readDevice: ReadDevice
  readonly stepUp: StepUp
}

const path = '/mfa/step-up'

export const createStepUpPage = ({
  ui,
  browser,
  entrance,
  readDevice,
  stepUp,
}: StepUpPageDeps): readonly Route[] => [
  {
    method: 'GET',
    path,
    handler: async (req, res) => {
      const visit = await entrance.open(req, res, path, readQuery(req, entranceQuery).flow)
      // No application waits: somebody has come by themselves.
      if (visit.flow?.kind !== 'request') return res.redirect(303, entrance.onward(visit))
      const device = readDevice(req)
      const outcome = await stepUp({
        rawSession: browser.readSession(req),
        device: device.origin.device,
        flow: visit.flow,
      })
      if (outcome.outcome === 'sign_in') return res.redirect(303, entrance.loginLink(visit))
      if (outcome.outcome === 'unmet')
        return res.redirect(303, ui.link('/oauth/resume', { flow: visit.handle, acr: 'unmet' }))
      entrance.askSecondFactor(res, visit, outcome, device)
    },
  },
]
