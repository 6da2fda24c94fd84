import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLogger } from '@latchkey/runtime/logger'
import { aClient, redirectUri } from './a-client.ts'
import { aCode } from './a-code.ts'
import { createDpopClient } from './dpop-client.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

let suite: Suite
const lines: string[] = []

beforeAll(async () => {
  suite = await startTokenSuite()
})
afterAll(() => suite.close())

const destination = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk))
    done()
  },
})

/** Every row of every table, bytes as text. */
const everythingStored = async () => {
  const { pool } = suite.database
  const { rows: tables } = await pool.query<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = current_schema()',
  )
  const rows = await Promise.all(
    tables.map(async ({ name }) => (await pool.query(`select * from "${name}"`)).rows),
  )
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  )
}

describe('CHECKLIST 41: no token in logs or tables', () => {
  it('after sign-in, refresh, a retry, reuse and refusals, at the most talkative level', async () => {
    const replica = await suite.startReplica(
      {},
      createLogger({ service: 'token', level: 'DEBUG', destination }),
    )
    const signedIn = await suite.signIn(replica)
    const { body } = await replica.refresh(signedIn.refreshToken)
    await replica.refresh(signedIn.refreshToken)
    await suite.database.pool.query(`update refresh_families set rotated_at = now() - interval '1 hour'`)
    await replica.refresh(signedIn.refreshToken)
    await replica.refresh(String(body.refresh_token))
    await replica.get(`/.well-known/jwks.json?token=${signedIn.accessToken}`)
    const stored = await everythingStored()
    await replica.close()

    const secrets = [signedIn.refreshToken, body.refresh_token, signedIn.accessToken, body.access_token].map(
      String,
    )
    const logged = lines.join('')
    expect(logged).toContain('a refresh token was used again')
    for (const secret of secrets) {
      const body = secret.replace(/^lkr_/, '')
      expect(logged).not.toContain(body)
      expect(stored).not.toContain(body)
      expect(stored).not.toContain(Buffer.from(body, 'base64url').toString('latin1'))
    }
  })

  it('after a code, a refresh, client credentials, an exchange, a proof, and their refusals', async () => {
    const replica = await suite.startReplica(
      { DPOP_REQUIRE_NONCE: 'false' },
      createLogger({ service: 'token', level: 'DEBUG', destination }),
    )
    const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', exchange] as const
    const client = await aClient(suite.database, {
      type: 'confidential',
      metadata: { token_endpoint_auth_method: 'client_secret_post', grant_types: [...grantTypes] },
    })
    const { code, codeVerifier } = await aCode(suite.database, client)
    const ask = (parameters: Record<string, string>, headers = {}) =>
      replica.postForm(
        '/oauth/token',
        { client_id: client.id, client_secret: client.rawSecret, ...parameters },
        headers,
      )
    const proof = await createDpopClient().aProof({ url: `${issuer}/oauth/token` })
    const redemption = { grant_type: 'authorization_code', code, code_verifier: codeVerifier }
    const first = (await ask({ ...redemption, redirect_uri: redirectUri }, { dpop: proof })).body
    const next = (await ask({ grant_type: 'refresh_token', refresh_token: String(first.refresh_token) })).body
    const machine = (await ask({ grant_type: 'client_credentials' })).body
    const subject = { subject_token: String(next.access_token), subject_token_type: accessTokenType }
    const exchanged = (await ask({ grant_type: exchange, ...subject })).body
    const secret = randomBytes(32).toString('base64url')
    await ask({ grant_type: 'client_credentials', client_secret: secret })
    await ask({ ...redemption, redirect_uri: redirectUri })
    await replica.postForm(`/oauth/token?code=${code}&client_secret=${secret}`, {})
    const stored = await everythingStored()
    await replica.close()

    const logged = lines.join('')
    expect(logged).toContain('an authorization code was used again')
    expect(logged).toContain('a client was not authenticated')
    const tokens = [first, next, machine, exchanged].flatMap(body => [
      body.access_token,
      body.refresh_token,
      body.id_token,
    ])
    expect(tokens.filter(token => token !== undefined)).toHaveLength(8)
    for (const raw of [client.rawSecret, secret, code, codeVerifier, proof, ...tokens]) {
      if (raw === undefined) continue
      const body = String(raw).replace(/^lkr_/, '')
      expect(logged).not.toContain(body)
      expect(stored).not.toContain(body)
      expect(stored).not.toContain(Buffer.from(body, 'base64url').toString('latin1'))
    }
  })
})
