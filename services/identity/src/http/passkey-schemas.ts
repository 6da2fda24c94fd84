/**
 * What browsers say of passkeys: RegistrationResponseJSON and AuthenticationResponseJSON. Members that we have no use for
 * are left unread; what we do read is bytes in base64url.
 *
 * @see WebAuthn Level 3 §5.1.10
 */
import { z } from 'zod'
import { parsePasskeyName, plainPasskeyName } from '../domain/passkey-name.ts'
import { type ClientData, parseClientData } from '../domain/webauthn/client-data.ts'
import type { RegistrationResponse } from '../domain/webauthn/verify-registration.ts'
import type { PasskeyAssertion } from '../usecases/prove-passkey.ts'
import { checkedBy } from './schemas.ts'

/** In characters, four for three bytes. The largest is an attestation with an RSA key and an id of 1,023 bytes. */
const longest = {
  id: 1_400,
  clientData: 4_096,
  attestation: 16_384,
  authenticatorData: 4_096,
  signature: 1_400,
  userHandle: 128,
}

const text = (longestText: number) =>
  z
    .string()
    .max(longestText)
    .regex(/^[\w-]*$/, 'must be base64url without padding')

const bytes = (longestText: number) => text(longestText).transform(value => Buffer.from(value, 'base64url'))

const clientData = bytes(longest.clientData).transform((raw, context): ClientData => {
  const parsed = parseClientData(raw)
  if (parsed !== undefined) return parsed
  context.addIssue({
    code: 'custom',
    message: 'must be client data',
    params: { code: 'invalid_client_data' },
  })
  return z.NEVER
})

const publicKeyType = z.literal('public-key')

// Words of browsers yet to come are kept, as §5.8.4 asks.
const transports = z.array(z.string().regex(/^[a-z-]{1,32}$/)).max(8)

export interface RegistrationInput {
  readonly response: RegistrationResponse
  readonly transports: readonly string[]
  readonly isDiscoverable: boolean
}

export const registrationCredential = z
  .object({
    id: text(longest.id),
    type: publicKeyType,
    response: z.object({
      clientDataJSON: clientData,
      attestationObject: bytes(longest.attestation),
      transports: transports.catch([]).default([]),
    }),
    clientExtensionResults: z
      .object({ credProps: z.object({ rk: z.boolean().optional() }).optional() })
      .default({}),
  })
  .transform(
    ({ id, response, clientExtensionResults }): RegistrationInput => ({
      response: {
        credentialId: id,
        clientData: response.clientDataJSON,
        attestationObject: response.attestationObject,
      },
      transports: response.transports,
      isDiscoverable: clientExtensionResults.credProps?.rk === true,
    }),
  )

export const assertionCredential = z
  .object({
    id: text(longest.id),
    type: publicKeyType,
    response: z.object({
      clientDataJSON: clientData,
      authenticatorData: bytes(longest.authenticatorData),
      signature: bytes(longest.signature),
      userHandle: text(longest.userHandle).nullish(),
    }),
  })
  .transform(
    ({ id, response }): PasskeyAssertion => ({
      credentialId: id,
      clientData: response.clientDataJSON,
      authenticatorData: response.authenticatorData,
      signature: response.signature,
      userHandle: response.userHandle ?? undefined,
    }),
  )

const mfaToken = z.string().min(1).max(512)

const name = z.string().transform(checkedBy(parsePasskeyName))

export const passkeySchemas = {
  enrol: z.object({ name: name.default(plainPasskeyName), credential: registrationCredential }),
  rename: z.strictObject({ name }),
  signIn: z.object({ credential: assertionCredential, remember_me: z.boolean().default(false) }),
  askSecondFactor: z.object({ mfa_token: mfaToken }),
  proveSecondFactor: z.object({
    mfa_token: mfaToken,
    credential: assertionCredential,
    remember_device: z.boolean().default(false),
  }),
  prove: z.object({ credential: assertionCredential }),
}
