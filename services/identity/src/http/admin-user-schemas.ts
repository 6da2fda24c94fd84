/** What the admin API takes about users. Strict: a member that looks changed and is not would be worse than a refusal. */
import { pageQueryOf } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { z } from 'zod'
import { userStates } from '../domain/managed-user.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import { emptyMetadata } from '../domain/user-metadata.ts'
import { email, emailKey, flag, metadata, name, newPasswordOf } from './schemas.ts'

export const createAdminUserSchemas = (policy: PasswordPolicy) => ({
  query: pageQueryOf(isUuid).extend({
    email: emailKey.optional(),
    state: z.enum(userStates, { error: `must be ${userStates.join(', ')}` }).optional(),
  }),
  create: z.strictObject({
    email,
    name,
    metadata: metadata.default(emptyMetadata),
    email_verified: flag.default(false),
    password: newPasswordOf(policy).optional(),
  }),
  change: z.strictObject({
    name: name.optional(),
    metadata: metadata.optional(),
    email_verified: flag.optional(),
    disabled: flag.optional(),
  }),
})

export type AdminUserSchemas = ReturnType<typeof createAdminUserSchemas>
