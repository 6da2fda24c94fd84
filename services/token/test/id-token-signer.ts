/** Signs whatever a test wants, with the key that the replicas sign ID tokens with. */
import { SignJWT } from 'jose'
import { createKeyring } from '../src/keys/keyring.ts'
import { createKeySealer } from '../src/store/sealed-private-key.ts'
import { createSigningKeys } from '../src/store/signing-keys.ts'
import { issuer, type startTokenSuite } from './token-under-test.ts'

type Suite = Pick<Awaited<ReturnType<typeof startTokenSuite>>, 'database' | 'keyEncryptionKey'>

export const openIdTokenSigner = async ({ database, keyEncryptionKey }: Suite) => {
  const sealer = createKeySealer({ current: Buffer.from(keyEncryptionKey, 'base64'), old: [] })
  const keyring = createKeyring({ keys: createSigningKeys({ ...database, sealer }), now: () => new Date() })
  await keyring.reload()
  const { kid, privateKey } = keyring.getSigningKey('RS256')
  const iat = Math.floor(Date.now() / 1000)
  return {
    /** `typ` is the header's. */
    sign: ({ typ = 'JWT', ...claims }: Record<string, unknown> & { typ?: string }) =>
      new SignJWT({ iss: issuer, iat, exp: iat + 3_600, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ, kid })
        .sign(privateKey),
  }
}

export type IdTokenSigner = Awaited<ReturnType<typeof openIdTokenSigner>>
