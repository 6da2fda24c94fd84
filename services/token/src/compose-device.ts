/** The device grant: what a device asks for, and the pages on which somebody decides. */
import { randomInt } from 'node:crypto'
import { randomToken } from '@latchkey/runtime/crypto'
import type { Grants } from './compose-grants.ts'
import type { Pages } from './compose-pages.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { TokenSettings } from './config.ts'
import { userCodeKeyOf } from './domain/user-code.ts'
import { createDeviceAuthorizationRoutes } from './http/device-authorization.ts'
import { createDevicePages } from './http/device-pages.ts'
import { createGuessCounters } from './store/guess-counters.ts'
import { createDecideOnDevice } from './usecases/decide-on-device.ts'
import { createLookUpUserCode } from './usecases/look-up-user-code.ts'
import { createOpenDeviceFlow } from './usecases/open-device-flow.ts'
import { createShowDevice } from './usecases/show-device.ts'
import { createStartDeviceAuthorization } from './usecases/start-device-authorization.ts'

export interface DeviceInit {
  readonly settings: TokenSettings
  readonly stores: Stores
  readonly grants: Pick<Grants, 'authenticateClient'>
  readonly useCases: Pick<UseCases, 'findBrowserSession'>
  readonly pages: Pages
  readonly now: () => Date
}

// A user code lives no longer than that, unless it was made to.
const guessWindowSeconds = 600

export const composeDevice = ({ settings, stores, grants, useCases, pages, now }: DeviceInit) => {
  const { devices, flows, clients, scopes, subjects, redis } = stores
  const { findBrowserSession } = useCases
  const userCodeKey = userCodeKeyOf(settings.KEY_ENCRYPTION_KEY)
  const userCodeKeys = [userCodeKey, ...settings.KEY_ENCRYPTION_KEYS_OLD.map(userCodeKeyOf)]
  const guesses = createGuessCounters({ redis, what: 'user_code', windowSeconds: guessWindowSeconds, now })
  const openDeviceFlow = createOpenDeviceFlow({ flows, devices, clients, findBrowserSession, userCodeKeys })
  const startDeviceAuthorization = createStartDeviceAuthorization({
    authenticateClient: grants.authenticateClient,
    findScopes: scopes.listActive,
    devices,
    userCodeKey,
    ttlSeconds: settings.DEVICE_CODE_TTL_SECONDS,
    createToken: randomToken,
    randomInt: max => randomInt(max),
  })
  return {
    routes: [
      ...createDeviceAuthorizationRoutes({ publicUrl: settings.PUBLIC_URL, startDeviceAuthorization }),
      ...createDevicePages({
        ...pages,
        showDevice: createShowDevice({ openDeviceFlow, findScopes: scopes.listActive, subjects }),
        lookUpUserCode: createLookUpUserCode({
          guesses,
          devices,
          flows,
          findBrowserSession,
          maxFailures: settings.USER_CODE_MAX_ATTEMPTS,
          userCodeKeys,
          createToken: randomToken,
        }),
        decideOnDevice: createDecideOnDevice({ subjects, openDeviceFlow, flows, devices, now }),
      }),
    ],
  }
}

export type Device = ReturnType<typeof composeDevice>
