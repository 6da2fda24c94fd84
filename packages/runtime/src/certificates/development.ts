/**
 * Certificates for one machine: an authority and one certificate per process in a folder, kept while they
 * are good, so that a second start changes nothing. Not for a cluster, whose issuer keeps its key elsewhere.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CertificateAuthority, createCertificateAuthority } from './authority.ts'
import { type IssuedCertificate, issueCertificate } from './issue.ts'
import { spiffeUri } from './names.ts'
import type { TlsFiles } from './tls-files.ts'
import { holdsFor } from './validity.ts'

const certificateDays = 365
/** What is left of a certificate's life when it is renewed. */
const renewDays = 30

/**
 * Writes `ca.crt`, `ca.key` and `<name>.crt`, `<name>.key` for each name, keeping those that still hold for
 * 30 days and were issued by that authority. Keys are readable by their owner alone.
 * @returns the three files of each process, by its name
 */
export const writeDevelopmentCertificates = async <Name extends string>(
  dir: string,
  names: readonly Name[],
  { now = new Date() }: { now?: Date } = {},
): Promise<Record<Name, TlsFiles>> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const kept = await readPair(dir, 'ca')
  const authority = kept && isGoodAuthority(kept, now) ? kept : await createCertificateAuthority({ now })
  if (authority !== kept) await writePair(dir, 'ca', authority)
  const entries = await Promise.all(
    names.map(async name => {
      const pair = await readPair(dir, name)
      if (!pair || !isGoodCertificate(pair, authority, name, now)) {
        await writePair(
          dir,
          name,
          await issueCertificate(authority, { name, validDays: certificateDays, now }),
        )
      }
      return [name, filesOf(dir, name)] as const
    }),
  )
  return Object.fromEntries(entries) as Record<Name, TlsFiles>
}

const filesOf = (dir: string, name: string): TlsFiles => ({
  caFile: join(dir, 'ca.crt'),
  certFile: join(dir, `${name}.crt`),
  keyFile: join(dir, `${name}.key`),
})

const isGoodAuthority = (pair: CertificateAuthority, now: Date): boolean => {
  const certificate = new X509Certificate(pair.certificate)
  // An authority never ends before a certificate that it signs.
  return certificate.ca && holdsFor(certificate, certificateDays, now) && isPair(certificate, pair.privateKey)
}

const isGoodCertificate = (
  pair: IssuedCertificate,
  authority: CertificateAuthority,
  name: string,
  now: Date,
): boolean => {
  const certificate = new X509Certificate(pair.certificate)
  const issuer = new X509Certificate(authority.certificate)
  return (
    holdsFor(certificate, renewDays, now) &&
    certificate.verify(issuer.publicKey) &&
    certificate.subjectAltName?.split(', ').includes(`URI:${spiffeUri(name)}`) === true &&
    isPair(certificate, pair.privateKey)
  )
}

const isPair = (certificate: X509Certificate, privateKey: string): boolean =>
  certificate.checkPrivateKey(createPrivateKey(privateKey))

/** Undefined where a file is missing or is not what it should be: both are then written anew. */
const readPair = async (dir: string, name: string): Promise<IssuedCertificate | undefined> => {
  const { certFile, keyFile } = filesOf(dir, name)
  try {
    const [certificate, privateKey] = await Promise.all([
      readFile(certFile, 'utf8'),
      readFile(keyFile, 'utf8'),
    ])
    new X509Certificate(certificate)
    createPrivateKey(privateKey)
    return { certificate, privateKey }
  } catch {
    return undefined
  }
}

const writePair = async (dir: string, name: string, pair: IssuedCertificate): Promise<void> => {
  const { certFile, keyFile } = filesOf(dir, name)
  await replaceFile(keyFile, pair.privateKey, 0o600)
  await replaceFile(certFile, pair.certificate, 0o644)
}

/** Whole or not at all, and with its mode from the first byte on. */
const replaceFile = async (path: string, text: string, mode: number): Promise<void> => {
  const draft = `${path}.${process.pid}.new`
  await writeFile(draft, text, { mode })
  await rename(draft, path)
}
