import { describe, expect, it } from '@jest/globals'
import { loadSettings, SettingsError } from '@latchkey/runtime/settings'
import { identitySettings } from './config.ts'

const required = {
  TLS_CA_FILE: 'ca.pem',
  TLS_CERT_FILE: 'identity.pem',
  TLS_KEY_FILE: 'identity.key',
  DATABASE_URL: 'postgres://identity:secret@db/latchkey',
  REDIS_URL: 'redis://redis:6379',
  PUBLIC_URL: 'https://auth.example.com',
  TOKEN_URL: 'https://token:8443',
  TOKEN_GRPC: 'dns:///token:9443',
  SESSION_GRPC: 'dns:///session:9443',
  NOTIFICATION_GRPC: 'dns:///notification:9443',
  FACTOR_ENCRYPTION_KEY: Buffer.alloc(32, 2).toString('base64'),
  MAIL_SEALING_KEY: Buffer.alloc(32, 1).toString('base64'),
}

describe('the settings', () => {
  it('have the defaults that the documentation names', () => {
    expect(loadSettings(identitySettings, required)).toMatchObject({
      PASSWORD_POLICY: 'archon',
      MAX_LOGIN_ATTEMPTS: 5,
      LOCKOUT_DURATION: 1_800,
      PASSWORD_RESET_TTL_SECONDS: 3_600,
      PASSWORD_RESET_MAILS_PER_HOUR: 5,
      KNOWN_DEVICE_TTL_DAYS: 365,
      ARGON2_CONCURRENCY: 0,
      ARGON2_QUEUE_LIMIT: 256,
    })
  })

  it('report every problem at once, without a value', () => {
    const wrong = {
      ...required,
      MAX_LOGIN_ATTEMPTS: '0',
      MAIL_SEALING_KEY: 'c2hvcnQ=',
      PASSWORD_POLICY: 'none',
    }
    const load = () => loadSettings(identitySettings, wrong)
    expect(load).toThrow(SettingsError)
    expect(load).toThrow(/MAX_LOGIN_ATTEMPTS.*MAIL_SEALING_KEY|MAIL_SEALING_KEY.*MAX_LOGIN_ATTEMPTS/s)
    expect(load).not.toThrow(/c2hvcnQ/)
  })

  it('are all described', () => {
    for (const schema of Object.values(identitySettings)) expect(schema.description).toBeTruthy()
  })
})
