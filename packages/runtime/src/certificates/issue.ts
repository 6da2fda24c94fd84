/**
 * Certificates of processes: both ends of a connection show one, so each is good for client and server.
 */
import { webcrypto } from 'node:crypto'
import type { CertificateAuthority } from './authority.ts'
import { generateKeyPair, importSigningKey, signingAlgorithm } from './keys.ts'
import { spiffeUri } from './names.ts'
import { validFor } from './validity.ts'
import { loadX509 } from './x509.ts'

/** A certificate and its PKCS #8 key, as PEM texts. */
export interface IssuedCertificate {
  certificate: string
  privateKey: string
}

/**
 * Issues a P-256 certificate to the process of that name; by default it lives 90 days.
 * Its names: the URI that callers are known by, `<name>` that servers are checked against, and loopback.
 * @throws TypeError for a name that is not a lower-case DNS label
 */
export const issueCertificate = async (
  authority: CertificateAuthority,
  { name, validDays = 90, now = new Date() }: { name: string; validDays?: number; now?: Date },
): Promise<IssuedCertificate> => {
  const uri = spiffeUri(name)
  const x509 = await loadX509()
  const issuer = new x509.X509Certificate(authority.certificate)
  const { keys, pem } = await generateKeyPair()
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: `O=Latchkey, CN=${name}`,
      issuer: issuer.subject,
      ...validFor(validDays, now),
      publicKey: keys.publicKey,
      signingKey: await importSigningKey(authority.privateKey),
      signingAlgorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'url', value: uri },
          { type: 'dns', value: name },
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { certificate: certificate.toString('pem'), privateKey: pem }
}
