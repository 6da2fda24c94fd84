import { describe, expect, it } from '@jest/globals'
import { inBatches } from './batches.ts'
import { importFormats } from './index.ts'

const read = (format: string, text: string, config?: string) => importFormats[format]?.(text, config)

describe('latchkey import reads', () => {
  it('CSV with quotes, line breaks in cells and a byte order mark, and keeps count of the lines', () => {
    const text =
      '\ufeffemail,name,email_verified,metadata\r\njo@example.com,"Doe, ""Jo""\nJunior",yes,"{""plan"":""pro""}"\r\n\r\nzoe@example.com,,maybe,\r\n'
    expect(read('csv', text)).toEqual([
      {
        line: 2,
        user: {
          email: 'jo@example.com',
          name: 'Doe, "Jo"\nJunior',
          email_verified: true,
          metadata: { plan: 'pro' },
        },
      },
      { line: 5, user: { email: 'zoe@example.com', email_verified: 'maybe' } },
    ])
  })

  it('no CSV whose columns it does not know', () => {
    expect(() => read('csv', 'email,phone\n')).toThrow('phone')
  })

  it('JSON lines, and names the line that is none', () => {
    expect(read('jsonl', '{"email":"jo@example.com"}\n\n')).toEqual([
      { line: 1, user: { email: 'jo@example.com' } },
    ])
    expect(() => read('jsonl', '{}\n[]')).toThrow('line 2')
  })

  it('an export of Auth0', () => {
    const line = JSON.stringify({
      _id: { $oid: '5f1' },
      email: 'jo@example.com',
      email_verified: true,
      name: 'Jo',
      passwordHash: '$2b$10$x',
      created_at: { $date: '2020-01-02T03:04:05Z' },
      user_metadata: { plan: 'pro' },
      tenant: 'acme',
    })
    expect(read('auth0', line)).toEqual([
      {
        line: 1,
        user: {
          email: 'jo@example.com',
          email_verified: true,
          name: 'Jo',
          password_hash: '$2b$10$x',
          created_at: '2020-01-02T03:04:05.000Z',
          metadata: { plan: 'pro', auth0_id: '5f1' },
        },
      },
    ])
  })

  it('an export of Firebase, with the parameters of its project', () => {
    const config = `hash_config {
      algorithm: SCRYPT,
      base64_signer_key: a2V5,
      base64_salt_separator: Bw==,
      rounds: 8,
      mem_cost: 14,
    }`
    const text = JSON.stringify({
      users: [
        {
          localId: 'f1',
          email: 'jo@example.com',
          passwordHash: 'aGFz-A==',
          salt: 'c2Fs',
          createdAt: '1577934245000',
        },
        { localId: 'f2', email: 'zoe@example.com', disabled: true },
      ],
    })
    expect(read('firebase', text, config)).toEqual([
      {
        line: 1,
        user: {
          email: 'jo@example.com',
          created_at: '2020-01-02T03:04:05.000Z',
          password_hash: '$firescrypt$ln=14,r=8,p=1$c2Fs$aGFz+A==$Bw==$a2V5',
          metadata: { firebase_id: 'f1' },
        },
      },
      { line: 2, user: { email: 'zoe@example.com', disabled: true, metadata: { firebase_id: 'f2' } } },
    ])
    expect(() => read('firebase', text)).toThrow('--firebase-config')
  })

  it('an export of Cognito, which has no hashes', () => {
    const text = JSON.stringify({
      Users: [
        {
          Username: 'jo',
          Enabled: true,
          UserCreateDate: 1577934245,
          Attributes: [
            { Name: 'sub', Value: 'c1' },
            { Name: 'email', Value: 'jo@example.com' },
            { Name: 'email_verified', Value: 'true' },
          ],
        },
      ],
    })
    expect(read('cognito', text)).toEqual([
      {
        line: 1,
        user: {
          email: 'jo@example.com',
          email_verified: true,
          disabled: false,
          created_at: '2020-01-02T03:04:05.000Z',
          metadata: { cognito_id: 'c1' },
        },
      },
    ])
  })

  it('an export of Keycloak, whose credentials go on as they are', () => {
    const credential = { type: 'password', secretData: '{}', credentialData: '{}' }
    const text = JSON.stringify({
      realm: 'acme',
      users: [
        {
          id: 'k1',
          username: 'jo',
          email: 'jo@example.com',
          enabled: true,
          firstName: 'Jo',
          lastName: 'Doe',
          credentials: [{ type: 'otp' }, credential],
        },
      ],
    })
    expect(read('keycloak', text)).toEqual([
      {
        line: 1,
        user: {
          email: 'jo@example.com',
          disabled: false,
          name: 'Jo Doe',
          password_hash: JSON.stringify(credential),
          metadata: { keycloak_id: 'k1', username: 'jo' },
        },
      },
    ])
  })
})

describe('a batch', () => {
  it('fits into a body, and has no more than 200 users', () => {
    const entries = Array.from({ length: 450 }, (_, index) => ({
      line: index + 1,
      user: { metadata: 'x'.repeat(index < 100 ? 1_000 : 10) },
    }))
    const batches = inBatches(entries)
    expect(batches.flat()).toEqual(entries)
    for (const batch of batches) {
      expect(JSON.stringify({ users: batch.map(({ user }) => user) }).length).toBeLessThan(65_536)
      expect(batch.length).toBeLessThanOrEqual(200)
    }
  })
})
