import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { loadSettings, SettingsError } from '@latchkey/runtime/settings'
import { checkProviderSettings, providerSettings } from './settings.ts'

describe('the settings of providers', () => {
  const problemsOf = (env: Record<string, string>): string[] => {
    try {
      checkProviderSettings(loadSettings(providerSettings, env))
      return []
    } catch (error) {
      if (error instanceof SettingsError)
        return error.problems.map(({ name, message }) => `${name}: ${message}`)
      throw error
    }
  }

  it('may all be left out', () => expect(problemsOf({})).toEqual([]))

  it('are each there whole, or named, all at once', () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    expect(
      problemsOf({
        GOOGLE_CLIENT_ID: 'a',
        GITHUB_CLIENT_SECRET: 'b',
        APPLE_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
      }),
    ).toEqual([
      'GOOGLE_CLIENT_SECRET: is required where GOOGLE_CLIENT_ID is set',
      'GITHUB_CLIENT_ID: is required where GITHUB_CLIENT_SECRET is set',
      'APPLE_CLIENT_ID: is required where APPLE_PRIVATE_KEY is set',
      'APPLE_TEAM_ID: is required where APPLE_PRIVATE_KEY is set',
      'APPLE_KEY_ID: is required where APPLE_PRIVATE_KEY is set',
    ])
  })

  it('say where JSON is wrong, and never what stands there', () => {
    const secret = 'a-very-secret-value'
    const [problem = ''] = problemsOf({
      OIDC_PROVIDERS: JSON.stringify([{ name: 'Acme!', issuer: 'acme', client_secret: secret, typo: 1 }]),
      SOCIAL_REDIRECT_URIS: 'https://app.example/callback#fragment',
    })
    expect(problem).toContain('[0].name must be lower-case letters')
    expect(problem).toContain('[0].issuer must be a URL')
    expect(problem).toContain('[0].client_id')
    expect(problem).not.toContain(secret)
    expect(problemsOf({ OIDC_PROVIDERS: '{' })[0]).toContain('must be a JSON array')
    expect(problemsOf({ APPLE_PRIVATE_KEY: 'no key' })[0]).toContain('P-256')
  })

  it('give no two providers one name', () => {
    const acme = { name: 'acme', issuer: 'https://acme.example', client_id: 'a' }
    expect(problemsOf({ OIDC_PROVIDERS: JSON.stringify([acme, acme, { ...acme, name: 'github' }]) })).toEqual(
      ['OIDC_PROVIDERS: [1].name is another provider’s', 'OIDC_PROVIDERS: [2].name is another provider’s'],
    )
  })
})
