import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:tls'
import { describe, expect, it } from '@jest/globals'
import { createTestTls, type TestTlsFiles } from '../src/index.ts'

const load = async ({ caFile, certFile, keyFile }: TestTlsFiles) => {
  const [ca, cert, key] = await Promise.all([readFile(caFile), readFile(certFile), readFile(keyFile)])
  return { ca, cert, key }
}

describe('createTestTls', () => {
  it('issues certificates with which both ends of a connection know each other by name', async () => {
    const tls = await createTestTls()
    const [token, gateway] = await Promise.all([tls.issue('token'), tls.issue('gateway')])
    const server = createServer({ ...(await load(token)), requestCert: true, rejectUnauthorized: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    const client = connect({ ...(await load(gateway)), port, host: '127.0.0.1', servername: 'token' })
    const [accepted] = await once(server, 'secureConnection')
    const peer = new X509Certificate(accepted.getPeerCertificate().raw)
    expect(peer.subjectAltName).toContain('URI:spiffe://latchkey/gateway')

    client.destroy()
    server.close()
    await tls.remove()
  })
})
