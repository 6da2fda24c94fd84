/**
 * One's second factors: what there is, an authenticator app, recovery codes, and the end of each. Every change asks for a
 * proof of who it is that is not old. Passkeys have routes of their own.
 */
import type { Authenticate } from '@latchkey/contracts'
import { pathParameter, type Route, readJson } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { notFound } from '@latchkey/runtime/problem'
import type { FactorId } from '../domain/ids.ts'
import type { Factor } from '../domain/second-factor.ts'
import type { EnrolTotp } from '../usecases/enrol-totp.ts'
import type { GetProfile } from '../usecases/get-profile.ts'
import type { MakeRecoveryCodes } from '../usecases/make-recovery-codes.ts'
import type { FactorsOfUser, ManageFactors } from '../usecases/manage-factors.ts'
import { totpSecretJson } from './mfa-verify-routes.ts'
import type { AuthenticateRecent } from './reauthentication.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface MfaFactorsDeps {
  readonly schemas: Schemas
  readonly authenticate: Authenticate
  readonly authenticateRecent: AuthenticateRecent
  readonly getProfile: GetProfile
  readonly enrolTotp: EnrolTotp
  readonly manageFactors: ManageFactors
  readonly makeRecoveryCodes: MakeRecoveryCodes
  readonly makeFirstRecoveryCodes: MakeRecoveryCodes
  /** Waits a moment for the sessions that a change ends. */
  readonly settle: () => Promise<void>
}

export const factorJson = ({ id, method, name, createdAt, lastUsedAt }: Factor) => ({
  id,
  type: method,
  name: name ?? null,
  created_at: createdAt.toISOString(),
  last_used_at: lastUsedAt?.toISOString() ?? null,
})

const factorsJson = ({ factors, recoveryCodes }: FactorsOfUser) => ({
  enabled: factors.length > 0,
  factors: factors.map(factorJson),
  recovery_codes: recoveryCodes
    ? { left: recoveryCodes.left, created_at: recoveryCodes.createdAt.toISOString() }
    : null,
})

export const createMfaFactorRoutes = (deps: MfaFactorsDeps): readonly Route[] => {
  const { schemas, authenticate, authenticateRecent, getProfile, enrolTotp, manageFactors } = deps
  return [
    {
      method: 'GET',
      path: '/auth/mfa',
      handler: async (req, res) => {
        const { userId } = await authenticate(req)
        res.json(factorsJson(await manageFactors.list(userId)))
      },
    },
    {
      method: 'POST',
      path: '/auth/mfa/totp',
      handler: async (req, res) => {
        const { userId, sessionId } = await authenticateRecent(req)
        const user = await getProfile(userId)
        if (user === undefined) throw refusals.gone()
        const begun = await enrolTotp.begin(user, sessionId)
        if (begun === undefined) throw refusals.totp_exists()
        res.json(totpSecretJson(begun))
      },
    },
    {
      method: 'POST',
      path: '/auth/mfa/totp/confirm',
      handler: async (req, res) => {
        const { userId, sessionId } = await authenticateRecent(req)
        const { code } = await readJson(req, schemas.confirmTotp)
        const setUp = { userId, begunBy: sessionId, doneBy: sessionId, code }
        const confirmed = await enrolTotp.confirm(setUp, sessionId)
        if (confirmed.outcome === 'not_begun') throw refusals.enrolment_not_begun()
        if (confirmed.outcome === 'wrong') throw refusals.wrong_code(400)
        const codes = await deps.makeFirstRecoveryCodes({ userId, sessionId })
        await deps.settle()
        const { factors } = await manageFactors.list(userId)
        res.json({
          factors: factors.map(factorJson),
          ...(codes.length > 0 && { recovery_codes: codes }),
        })
      },
    },
    {
      method: 'POST',
      path: '/auth/mfa/recovery-codes',
      handler: async (req, res) => {
        const owner = await authenticateRecent(req)
        const codes = await deps.makeRecoveryCodes(owner)
        if (codes.length === 0) throw refusals.no_factor()
        res.json({ recovery_codes: codes })
      },
    },
    {
      method: 'DELETE',
      path: '/auth/mfa/:id',
      handler: async (req, res) => {
        const change = await authenticateRecent(req)
        const id = pathParameter(req, 'id')
        const outcome = isUuid(id) && (await manageFactors.remove(id as FactorId, change))
        if (outcome === 'last_way_in') throw refusals.last_way_in()
        if (!outcome) throw notFound('There is no such factor')
        res.status(204).end()
      },
    },
  ]
}
