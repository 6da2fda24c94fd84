/** Every secret that goes about around a passkey: questions, an answer, what an answer gives, and codes for who loses it. */
import { createSoftwareAuthenticator } from '@latchkey/testkit/passkeys'
import { aPerson, createDevice, expected, type SignedIn } from './person.ts'
import type { Suite } from './suite.ts'

export const handOutPasskeySecrets = async (suite: Suite): Promise<Readonly<Record<string, string>>> => {
  const device = createDevice(suite)
  const { access_token: bearer } = await device.register(aPerson())
  const authenticator = createSoftwareAuthenticator({ origin: suite.gateway, isSynced: true })
  type Creation = Parameters<typeof authenticator.create>[0]
  type Request = Parameters<typeof authenticator.get>[0]

  const enrolment = await device.send('POST', '/auth/mfa/passkeys/options', { bearer, json: {} })
  const creation = expected<Creation>(200, enrolment)
  const credential = authenticator.create(creation)
  const enrolled = await device.send('POST', '/auth/mfa/passkeys', { bearer, json: { credential } })
  const { recovery_codes: codes } = expected<{ recovery_codes: string[] }>(201, enrolled)

  const request = expected<Request>(200, await device.send('POST', '/auth/passkeys/options', { json: {} }))
  const assertion = authenticator.get(request)
  const signIn = () =>
    device.send('POST', '/auth/passkeys/sign-in', { json: { credential: assertion, remember_me: false } })
  const signedIn = expected<SignedIn>(200, await signIn())
  // Once more: refused, and told to the log.
  await signIn()
  return {
    'challenge for a new passkey': creation.challenge,
    'challenge for a passkey': request.challenge,
    'client data of a passkey': assertion.response.clientDataJSON,
    'signature of a passkey': assertion.response.signature,
    'access token by a passkey': signedIn.access_token,
    'refresh token by a passkey': signedIn.refresh_token,
    ...Object.fromEntries(codes.map((code, index) => [`recovery code ${index + 1} of a passkey`, code])),
  }
}
