/** The signed-in user's own account. */
import type { Authenticate } from '@latchkey/contracts'
import { type Route, readJson } from '@latchkey/runtime/http'
import type { User } from '../domain/user.ts'
import type { ChangePassword } from '../usecases/change-password.ts'
import type { DeleteAccount } from '../usecases/delete-account.ts'
import type { GetProfile } from '../usecases/get-profile.ts'
import type { UpdateProfile } from '../usecases/update-profile.ts'
import { userJson } from './answers.ts'
import { deviceHashOf } from './device.ts'
import { refusals } from './refusals.ts'
import type { Schemas } from './schemas.ts'

export interface AccountRoutesDeps {
  readonly schemas: Schemas
  readonly authenticate: Authenticate
  readonly getProfile: GetProfile
  readonly updateProfile: UpdateProfile
  readonly deleteAccount: DeleteAccount
  readonly changePassword: ChangePassword
}

const orGone = (user: User | undefined): User => {
  if (user === undefined) throw refusals.gone()
  return user
}

export const createAccountRoutes = (deps: AccountRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/auth/me',
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      res.json(userJson(orGone(await deps.getProfile(userId))))
    },
  },
  {
    method: 'PATCH',
    path: '/auth/me',
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      const change = await readJson(req, deps.schemas.updateProfile)
      res.json(userJson(orGone(await deps.updateProfile(userId, change))))
    },
  },
  {
    method: 'DELETE',
    path: '/auth/me',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const { password } = await readJson(req, deps.schemas.deleteAccount)
      const result = await deps.deleteAccount({ userId, sessionId, password, device: deviceHashOf(req) })
      if (result.outcome === 'gone') throw refusals.gone()
      if (result.outcome === 'locked') throw refusals.locked(result)
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      if (result.outcome === 'wrong') throw refusals.wrong_password('password')
      if (result.outcome === 'password_missing') throw refusals.password_missing('password')
      if (result.outcome === 'reauthentication_required') throw refusals.reauthentication_required()
      res.status(204).end()
    },
  },
  {
    method: 'PUT',
    path: '/auth/password',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const body = await readJson(req, deps.schemas.changePassword)
      const result = await deps.changePassword({
        userId,
        sessionId,
        device: deviceHashOf(req),
        currentPassword: body.current_password,
        newPassword: body.new_password,
      })
      if (result.outcome === 'gone') throw refusals.gone()
      if (result.outcome === 'locked') throw refusals.locked(result)
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      if (result.outcome === 'wrong') throw refusals.wrong_password('current_password')
      if (result.outcome === 'password_refused') {
        throw refusals.password_refused('new_password', result.violations)
      }
      res.json({ message: 'Password changed' })
    },
  },
]
