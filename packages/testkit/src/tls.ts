/**
 * Certificates for tests of mutual TLS: one authority and a certificate for each name, in a temporary folder,
 * shaped like those of `latchkey certs dev`.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCertificate } from './certificate.ts'

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

const authority = 'Latchkey test authority'
const hourMs = 3_600_000

const createKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A fresh authority; certificates of another one are strangers to it. */
export const createTestTls = async (): Promise<TestTls> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-tls-'))
  const { publicKey: authorityKey, privateKey: signingKey } = createKeys()
  const common = {
    issuer: authority,
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + 24 * hourMs),
    signingKey,
  }
  const caFile = join(folder, 'ca.crt')
  const ca = createCertificate({ ...common, subject: authority, publicKey: authorityKey, isAuthority: true })
  await writeFile(caFile, ca)

  const issue = async (name: string): Promise<TestTlsFiles> => {
    const { publicKey, privateKey } = createKeys()
    const certificate = createCertificate({
      ...common,
      subject: name,
      publicKey,
      isAuthority: false,
      alternativeNames: { url: `spiffe://latchkey/${name}`, dns: [name, 'localhost'], ip: '127.0.0.1' },
    })
    const certFile = join(folder, `${name}.crt`)
    const keyFile = join(folder, `${name}.key`)
    await writeFile(certFile, certificate)
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    return { caFile, certFile, keyFile }
  }

  return { folder, caFile, issue, remove: () => rm(folder, { recursive: true, force: true }) }
}
