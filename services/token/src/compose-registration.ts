/** Clients that register themselves. */
import { randomBytes } from 'node:crypto'
import { randomToken } from '@latchkey/runtime/crypto'
import type { Admin } from './compose-admin.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createRegisterRoutes } from './http/register.ts'
import { createAdmitRegistration } from './usecases/admit-registration.ts'
import { createManageRegistration } from './usecases/manage-registration.ts'
import { createRegisterClient } from './usecases/register-client.ts'

export interface RegistrationInit {
  readonly settings: Pick<TokenSettings, 'PUBLIC_URL' | 'REGISTRATION_ACCESS' | 'REGISTRATION_INITIAL_TOKENS'>
  readonly stores: Pick<Stores, 'scopes'>
  readonly admin: Pick<Admin, 'registry' | 'createClient' | 'announceClient' | 'authorizeAdmin'>
  readonly now: () => Date
}

export const composeRegistration = ({ settings, stores, admin, now }: RegistrationInit) => ({
  routes: createRegisterRoutes({
    publicUrl: settings.PUBLIC_URL,
    admitRegistration: createAdmitRegistration({
      access: settings.REGISTRATION_ACCESS,
      initialTokens: settings.REGISTRATION_INITIAL_TOKENS,
      authorizeAdmin: admin.authorizeAdmin,
    }),
    registerClient: createRegisterClient({ createClient: admin.createClient, createToken: randomToken }),
    manageRegistration: createManageRegistration({
      registry: admin.registry,
      scopes: stores.scopes,
      announce: admin.announceClient,
      randomBytes,
      now,
    }),
  }),
})

export type Registration = ReturnType<typeof composeRegistration>
