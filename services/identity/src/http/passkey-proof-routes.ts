/**
 * Passkeys in the place of a password: to sign in, and to prove who it is once more. The options come from nobody's record:
 * they tell nothing.
 */
import type { Authenticate } from '@latchkey/contracts'
import { type Route, readJson, requestIp } from '@latchkey/runtime/http'
import type { TokenSet } from '../domain/sign-in.ts'
import type { AskForPasskey } from '../usecases/ask-for-passkey.ts'
import type { ReauthenticateWithPasskey } from '../usecases/reauthenticate-with-passkey.ts'
import type { SignInWithPasskey } from '../usecases/sign-in-with-passkey.ts'
import type { VouchForSession } from '../usecases/vouch-for-session.ts'
import { signedInJson } from './answers.ts'
import type { ReadDevice } from './device.ts'
import { passkeySchemas } from './passkey-schemas.ts'
import { refusals } from './refusals.ts'

export interface PasskeyProofRoutesDeps {
  readonly authenticate: Authenticate
  readonly readDevice: ReadDevice
  readonly askForPasskey: AskForPasskey
  readonly signInWithPasskey: SignInWithPasskey<TokenSet>
  readonly reauthenticateWithPasskey: ReauthenticateWithPasskey
  readonly vouchForSession: VouchForSession
}

export const createPasskeyProofRoutes = (deps: PasskeyProofRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/auth/passkeys/options',
    handler: async (_req, res) => {
      res.json(await deps.askForPasskey({ purpose: 'sign_in', userId: undefined, boundTo: '' }))
    },
  },
  {
    method: 'POST',
    path: '/auth/passkeys/sign-in',
    handler: async (req, res) => {
      const { credential: assertion, remember_me: rememberMe } = await readJson(req, passkeySchemas.signIn)
      const { origin, remember } = deps.readDevice(req)
      const result = await deps.signInWithPasskey({ assertion, boundTo: '', rememberMe, origin })
      if (result.outcome === 'refused') throw refusals.passkey_refused(401)
      if (result.outcome === 'disabled') throw refusals.disabled()
      if (result.outcome === 'email_not_verified') throw refusals.email_not_verified()
      if (result.outcome === 'second_factor_required') throw refusals.second_factor_required(result)
      if (result.outcome === 'enrolment_required') throw refusals.enrolment_required(result)
      if (result.outcome === 'password_reset_required') throw refusals.password_reset_required()
      remember(res)
      res.json(signedInJson(result.user, result.given))
    },
  },
  {
    method: 'POST',
    path: '/auth/reauthenticate/passkey/options',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      res.json(await deps.askForPasskey({ purpose: 'reauthentication', userId, boundTo: sessionId }))
    },
  },
  {
    method: 'POST',
    path: '/auth/reauthenticate/passkey',
    handler: async (req, res) => {
      const { userId, sessionId } = await deps.authenticate(req)
      const { credential: assertion } = await readJson(req, passkeySchemas.prove)
      const outcome = await deps.reauthenticateWithPasskey({ userId, sessionId, assertion })
      if (outcome === 'refused') throw refusals.passkey_refused(400)
      await deps.vouchForSession(userId, sessionId, requestIp(req))
      res.status(204).end()
    },
  },
]
