/** What requests must look like. Each domain rule reports all that it has against a value, field by field. */
import { z } from 'zod'
import { emailKeyOf, parseEmailAddress } from '../domain/email-address.ts'
import type { PasswordPolicy } from '../domain/password-policy.ts'
import { normalizePassword, parseRawPassword } from '../domain/password-text.ts'
import { emptyMetadata, parseUserMetadata } from '../domain/user-metadata.ts'
import { parseUserName } from '../domain/user-name.ts'
import type { Checked, Violation } from '../domain/violation.ts'
import { humanCheckToken } from './human-check.ts'

// More than any password has that was ever accepted; less than would be worth sending.
const longestPassword = 1_024
const longestToken = 512

const report = (context: z.RefinementCtx, violations: readonly Violation[]): void => {
  for (const { code, message } of violations) context.addIssue({ code: 'custom', message, params: { code } })
}

/** A schema that goes on with what a domain rule makes of its value. */
export const checkedBy =
  <Input, Value>(parse: (input: Input) => Checked<Value>) =>
  (input: Input, context: z.RefinementCtx): Value => {
    const checked = parse(input)
    if (checked.outcome === 'accepted') return checked.value
    report(context, checked.violations)
    return z.NEVER
  }

/** A member of the admin API that says yes or no. */
export const flag = z.boolean({ error: 'must be true or false' })

export const email = z.string().transform(checkedBy(parseEmailAddress))
export const emailKey = email.transform(emailKeyOf)
export const name = z.string().transform(checkedBy(parseUserName))
export const metadata = z.record(z.string(), z.unknown()).transform(checkedBy(parseUserMetadata))

/** Of an app or of a list; what it may look like, its kind knows. */
const code = z.string().min(1).max(64)

/** A password that is compared, not chosen: the policy of the day has no say in it. */
const knownPassword = z
  .string()
  .min(1)
  .max(longestPassword)
  .transform((text, context) => {
    const password = parseRawPassword(text)
    if (password !== undefined) return password
    report(context, [{ code: 'password_invalid_text', message: 'must be valid Unicode' }])
    return z.NEVER
  })

export const newPasswordOf = (policy: PasswordPolicy) =>
  z.string().transform((text, context) => {
    const password = parseRawPassword(text)
    const violations =
      password === undefined
        ? [{ code: 'password_invalid_text', message: 'must be valid Unicode' }]
        : policy.check(password)
    report(context, violations)
    return password === undefined || violations.length > 0 ? z.NEVER : password
  })

const linkToken = z.string().min(1).max(longestToken)
/** As it was typed, with whatever stands between its digits. */
const mailedCode = z.string().min(1).max(32)

export const createSchemas = (policy: PasswordPolicy) => {
  const newPassword = newPasswordOf(policy)
  return {
    register: z.object({
      challenge_token: humanCheckToken,
      email,
      password: newPassword,
      name,
      metadata: metadata.default(emptyMetadata),
    }),
    login: z.object({
      email: emailKey,
      password: knownPassword,
      remember_me: z.boolean().default(false),
      challenge_token: humanCheckToken,
    }),
    // Strict: an address or a flag that looks changed and is not would be worse than a refusal.
    updateProfile: z.strictObject({ name: name.optional(), metadata: metadata.optional() }),
    deleteAccount: z.object({ password: knownPassword.optional() }),
    // One proof, whichever it is.
    reauthenticate: z
      .object({ password: knownPassword.optional(), code: code.optional() })
      .transform(({ password, code: typed }, context) => {
        if (password !== undefined) return { password }
        if (typed !== undefined) return { code: typed }
        const params = { code: 'required' }
        context.addIssue({ code: 'custom', path: ['password'], message: 'or code is required', params })
        return z.NEVER
      }),
    changePassword: z.object({ current_password: knownPassword, new_password: newPassword }),
    verifySecondFactor: z.object({
      mfa_token: z.string().min(1).max(longestToken),
      method: z.enum(['totp', 'recovery_code']).optional(),
      code,
      remember_device: z.boolean().default(false),
    }),
    beginEnrolment: z.object({ mfa_token: z.string().min(1).max(longestToken) }),
    confirmEnrolment: z.object({ mfa_token: z.string().min(1).max(longestToken), code }),
    confirmTotp: z.object({ code }),
    requestReset: z.object({ email: emailKey, challenge_token: humanCheckToken }),
    verifyEmail: z.union([
      z.strictObject({ token: linkToken }),
      z.strictObject({ code: mailedCode, email: emailKey.optional() }),
    ]),
    requestEmailChange: z.object({ email }),
    confirmEmailChange: z.union([z.strictObject({ token: linkToken }), z.strictObject({ code: mailedCode })]),
    requestEmailSignIn: z.object({ email: emailKey, challenge_token: humanCheckToken }),
    confirmEmailSignIn: z.union([
      z.strictObject({ token: linkToken, remember_me: z.boolean().default(false) }),
      z.strictObject({ email: emailKey, code: mailedCode, remember_me: z.boolean().default(false) }),
    ]),
    confirmReset: z.object({ token: linkToken, new_password: newPassword }),
    /** The page shows what is wrong itself, so its form may hold anything. */
    resetForm: z.object({
      token: z.string().max(longestToken).default(''),
      // A form is decoded from UTF-8, which has no lone surrogates.
      new_password: z.string().default('').transform(normalizePassword),
    }),
  }
}

export type Schemas = ReturnType<typeof createSchemas>
