/**
 * A certificate authority for the traffic between processes. It signs their certificates and nothing else:
 * its path length is zero, so none of them can sign another.
 */
import { webcrypto } from 'node:crypto'
import { generateKeyPair, signingAlgorithm } from './keys.ts'
import { validFor } from './validity.ts'
import { loadX509 } from './x509.ts'

/** An authority as PEM texts. The key (PKCS #8) stays with whoever issues. */
export interface CertificateAuthority {
  certificate: string
  privateKey: string
}

/** Makes a self-signed P-256 authority; by default it lives ten years. */
export const createCertificateAuthority = async ({
  validDays = 3650,
  now = new Date(),
}: {
  validDays?: number
  now?: Date
} = {}): Promise<CertificateAuthority> => {
  const x509 = await loadX509()
  const { keys, pem } = await generateKeyPair()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'O=Latchkey, CN=Latchkey internal authority',
      ...validFor(validDays, now),
      keys,
      signingAlgorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { certificate: certificate.toString('pem'), privateKey: pem }
}
