/** A user's own passkeys. Adding and removing one asks for a proof of who it is that is not old. @see ASVS 7.5.1 */
import type { Authenticate } from '@latchkey/contracts'
import type { Request } from '@latchkey/runtime/http'
import { pathParameter, type Route, readJson } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { PasskeyId } from '../domain/ids.ts'
import type { BeginPasskeyEnrolment } from '../usecases/begin-passkey-enrolment.ts'
import type { EnrolPasskey } from '../usecases/enrol-passkey.ts'
import type { ManagePasskeys } from '../usecases/manage-passkeys.ts'
import { passkeyJson } from './passkey-json.ts'
import { passkeySchemas } from './passkey-schemas.ts'
import type { AuthenticateRecent } from './reauthentication.ts'
import { refusals } from './refusals.ts'

export interface PasskeyRoutesDeps {
  readonly authenticate: Authenticate
  readonly authenticateRecent: AuthenticateRecent
  readonly beginPasskeyEnrolment: BeginPasskeyEnrolment
  readonly enrolPasskey: EnrolPasskey
  readonly ownPasskeys: ManagePasskeys
}

const passkeysPath = '/auth/mfa/passkeys'

const idOf = (req: Request): PasskeyId => {
  const id = pathParameter(req, 'id')
  if (!isUuid(id)) throw refusals.passkey_unknown()
  return id as PasskeyId
}

export const createPasskeyRoutes = (deps: PasskeyRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: `${passkeysPath}/options`,
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticateRecent(req)
      const options = await deps.beginPasskeyEnrolment(userId, sessionId)
      if (options === undefined) throw refusals.gone()
      res.json(options)
    },
  },
  {
    method: 'POST',
    path: passkeysPath,
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticateRecent(req)
      const { name, credential } = await readJson(req, passkeySchemas.enrol)
      const result = await deps.enrolPasskey({ userId, sessionId, name, ...credential })
      if (result.outcome === 'gone') throw refusals.gone()
      if (result.outcome === 'refused') throw refusals.passkey_refused(400)
      if (result.outcome === 'exists') throw refusals.passkey_exists()
      if (result.outcome === 'too_many') throw refusals.too_many_passkeys()
      const { passkey, recoveryCodes } = result
      const codes = recoveryCodes.length > 0 && { recovery_codes: recoveryCodes }
      res.status(201).json({ ...passkeyJson(passkey), ...codes })
    },
  },
  {
    method: 'GET',
    path: passkeysPath,
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      const passkeys = await deps.ownPasskeys.list(userId)
      res.json({ passkeys: passkeys.map(passkeyJson), total: passkeys.length })
    },
  },
  {
    method: 'PATCH',
    path: `${passkeysPath}/:id`,
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      const { name } = await readJson(req, passkeySchemas.rename)
      const passkey = await deps.ownPasskeys.rename(userId, idOf(req), name)
      if (passkey === undefined) throw refusals.passkey_unknown()
      res.json(passkeyJson(passkey))
    },
  },
  {
    method: 'DELETE',
    path: `${passkeysPath}/:id`,
    handler: async (req, res) => {
      const change = await deps.authenticateRecent(req)
      const outcome = await deps.ownPasskeys.remove(idOf(req), change)
      if (outcome === 'unknown') throw refusals.passkey_unknown()
      if (outcome === 'last_way_in') throw refusals.last_way_in()
      res.status(204).end()
    },
  },
]
