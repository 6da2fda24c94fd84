import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLogger } from '@latchkey/runtime/logger'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>

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
  const tables = ['signing_keys', 'refresh_families', 'refresh_tokens', 'subjects', 'outbox']
  const rows = await Promise.all(
    tables.map(async table => (await suite.database.pool.query(`select * from ${table}`)).rows),
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
})
