import { describe, expect, it } from '@jest/globals'
import { loadSettings, SettingsError } from '@latchkey/runtime/settings'
import { tokenSettings } from './config.ts'

const aKey = (fill: number) => Buffer.alloc(32, fill).toString('base64')

const required = {
  PUBLIC_URL: 'https://id.example',
  DATABASE_URL: 'postgres://localhost/latchkey',
  REDIS_URL: 'redis://localhost',
  SESSION_GRPC: 'dns:///session:9443',
  TLS_CA_FILE: 'ca.pem',
  TLS_CERT_FILE: 'token.pem',
  TLS_KEY_FILE: 'token.key',
  KEY_ENCRYPTION_KEY: aKey(1),
}

const problemsWith = (env: Record<string, string>) => {
  try {
    loadSettings(tokenSettings, { ...required, ...env })
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(problem => problem.name)
    throw error
  }
  return []
}

describe('the settings of the token service', () => {
  it('have the defaults that the contract names (SPEC §2.1, §2.2)', () => {
    expect(loadSettings(tokenSettings, required)).toMatchObject({
      ACCESS_TOKEN_ALG: 'ES256',
      ACCESS_TOKEN_TTL_SECONDS: 900,
      REFRESH_TOKEN_TTL_SECONDS: 604_800,
      REFRESH_GRACE_SECONDS: 30,
      KEY_PUBLISH_SECONDS: 600,
      SIGNING_KEY_ROTATION_DAYS: 90,
    })
  })

  it('let lives be as short as a second, so that their end can be tried', () => {
    const lives = [
      'ACCESS_TOKEN_TTL_SECONDS',
      'REFRESH_TOKEN_TTL_SECONDS',
      'DEVICE_CODE_TTL_SECONDS',
      'PUSHED_REQUEST_TTL_SECONDS',
    ]
    expect(problemsWith(Object.fromEntries(lives.map(name => [name, '1'])))).toEqual([])
    expect(problemsWith(Object.fromEntries(lives.map(name => [name, '0'])))).toEqual(lives)
  })

  it('refuse an algorithm that is not asymmetric', () => {
    for (const algorithm of ['HS256', 'none'])
      expect(problemsWith({ ACCESS_TOKEN_ALG: algorithm })).toEqual(['ACCESS_TOKEN_ALG'])
  })

  it('refuse to let a key sign before every cache knows it', () => {
    expect(problemsWith({ KEY_PUBLISH_SECONDS: '300' })).toEqual(['KEY_PUBLISH_SECONDS'])
  })

  it('take former key encryption keys as a list, and show none in an error', () => {
    const keys = loadSettings(tokenSettings, {
      ...required,
      KEY_ENCRYPTION_KEYS_OLD: `${aKey(2)}, ${aKey(3)}`,
    })
    expect(keys.KEY_ENCRYPTION_KEYS_OLD.map(key => key[0])).toEqual([2, 3])
    expect(() =>
      loadSettings(tokenSettings, { ...required, KEY_ENCRYPTION_KEYS_OLD: `${aKey(2)},c2hvcnQ=` }),
    ).toThrow(/^(?!.*c2hvcnQ)/s)
    expect(problemsWith({ KEY_ENCRYPTION_KEY: 'short', KEY_ENCRYPTION_KEYS_OLD: 'x' })).toEqual([
      'KEY_ENCRYPTION_KEY',
      'KEY_ENCRYPTION_KEYS_OLD',
    ])
  })
})
