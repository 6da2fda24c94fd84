/**
 * Certificates for tests of mutual TLS: one authority and a certificate for each name, in a temporary folder,
 * shaped like those of `latchkey certs dev`.
 */
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** Paths of the files that TLS_CA_FILE, TLS_CERT_FILE and TLS_KEY_FILE name. */
export interface TestTlsFiles {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

export interface TestTls {
  readonly folder: string
  readonly caFile: string
  /** Issues a certificate for the process `name`: `token`, `gateway`. */
  readonly issue: (name: string) => Promise<TestTlsFiles>
  readonly remove: () => Promise<void>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const hourMs = 3_600_000

/** A fresh authority; certificates of another one are strangers to it. */
export const createTestTls = async (): Promise<TestTls> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-tls-'))
  const notBefore = new Date(Date.now() - hourMs)
  const notAfter = new Date(Date.now() + 24 * hourMs)
  const caKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Latchkey test authority',
      notBefore,
      notAfter,
      keys: caKeys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  )
  const caFile = join(folder, 'ca.crt')
  await writeFile(caFile, ca.toString('pem'))

  const issue = async (name: string): Promise<TestTlsFiles> => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const certificate = await X509CertificateGenerator.create(
      {
        subject: `CN=${name}`,
        issuer: ca.subject,
        notBefore,
        notAfter,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([
            { type: 'url', value: `spiffe://latchkey/${name}` },
            { type: 'dns', value: name },
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
        ],
      },
      webcrypto,
    )
    const certFile = join(folder, `${name}.crt`)
    const keyFile = join(folder, `${name}.key`)
    await writeFile(certFile, certificate.toString('pem'))
    const pem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
    await writeFile(keyFile, pem, { mode: 0o600 })
    return { caFile, certFile, keyFile }
  }

  return { folder, caFile, issue, remove: () => rm(folder, { recursive: true, force: true }) }
}
