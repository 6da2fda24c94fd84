import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadTls, writeDevelopmentCertificates } from './index.ts'

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000)

describe('writeDevelopmentCertificates', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'certificates-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  const readAll = async (names: string[]) => Promise.all(names.map(name => readFile(join(dir, name), 'utf8')))

  it('gives each process a certificate of one authority under its own name', async () => {
    const files = await writeDevelopmentCertificates(dir, ['token', 'session'])
    const { ca, cert } = await loadTls(files.token)
    const certificate = new X509Certificate(cert)
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true)
    expect(certificate.subjectAltName).toBe(
      'URI:spiffe://latchkey/token, DNS:token, DNS:localhost, IP Address:127.0.0.1',
    )
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    expect(files.session.caFile).toBe(files.token.caFile)
  })

  it('lets nobody but the owner read a key', async () => {
    const files = await writeDevelopmentCertificates(dir, ['token'])
    for (const path of [files.token.keyFile, join(dir, 'ca.key')]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    }
  })

  it('keeps what is good, and adds a process without touching the others', async () => {
    await writeDevelopmentCertificates(dir, ['token'])
    const before = await readAll(['ca.crt', 'ca.key', 'token.crt', 'token.key'])
    await writeDevelopmentCertificates(dir, ['token', 'session'])
    expect(await readAll(['ca.crt', 'ca.key', 'token.crt', 'token.key'])).toEqual(before)
  })

  it('renews a certificate near its end under the same authority', async () => {
    await writeDevelopmentCertificates(dir, ['token'])
    const [ca, certificate] = await readAll(['ca.crt', 'token.crt'])
    await writeDevelopmentCertificates(dir, ['token'], { now: inDays(334) })
    expect(await readAll(['token.crt'])).toEqual([certificate])
    await writeDevelopmentCertificates(dir, ['token'], { now: inDays(336) })
    const [caAfter, certificateAfter] = await readAll(['ca.crt', 'token.crt'])
    expect(caAfter).toBe(ca)
    expect(certificateAfter).not.toBe(certificate)
  })

  it('replaces all certificates with their authority', async () => {
    await writeDevelopmentCertificates(dir, ['token'])
    await rm(join(dir, 'ca.key'))
    const { token } = await writeDevelopmentCertificates(dir, ['token'])
    const { ca, cert } = await loadTls(token)
    expect(new X509Certificate(cert).verify(new X509Certificate(ca).publicKey)).toBe(true)
  })

  it('replaces a file that is damaged or belongs to another', async () => {
    const { token, session } = await writeDevelopmentCertificates(dir, ['token', 'session'])
    await writeFile(token.certFile, await readFile(session.certFile))
    await writeFile(session.keyFile, 'damaged')
    await writeDevelopmentCertificates(dir, ['token', 'session'])
    for (const files of [token, session]) {
      const { cert, key } = await loadTls(files)
      expect(new X509Certificate(cert).subjectAltName).toContain(files === token ? 'token' : 'session')
      expect(key.toString()).toContain('PRIVATE KEY')
    }
  })

  it('refuses a name that is no DNS label', async () => {
    await expect(writeDevelopmentCertificates(dir, ['../token'])).rejects.toThrow(TypeError)
  })
})
