import { describe, expect, it } from '@jest/globals'
import { CommandFailed, UsageError } from '../command.ts'
import { membersOf } from './client-options.ts'

describe('the options that say what a client is', () => {
  it('become members, and nothing is said that was not', async () => {
    expect(
      await membersOf({
        name: 'Shop',
        'client-type': 'public',
        'redirect-uri': ['https://a.example/cb'],
        'redirect-uris': ['https://b.example/cb,https://c.example/cb'],
        scope: ['openid profile', 'email'],
        'access-token-ttl': '60',
        'require-consent': 'false',
        deactivate: true,
      }),
    ).toEqual({
      name: 'Shop',
      client_type: 'public',
      redirect_uris: ['https://a.example/cb', 'https://b.example/cb', 'https://c.example/cb'],
      scope: 'openid profile email',
      access_token_ttl_seconds: 60,
      require_consent: false,
      active: false,
    })
    expect(await membersOf({})).toEqual({})
  })

  it('--set takes any member, as JSON or as text', async () => {
    expect(
      await membersOf({ set: ['default_max_age=300', 'tos_uri=https://a.example/t', 'jwks=null'] }),
    ).toEqual({
      default_max_age: 300,
      tos_uri: 'https://a.example/t',
      jwks: null,
    })
  })

  it.each<Record<string, string | true | string[]>>([
    { activate: true, deactivate: true },
    { 'require-pkce': 'maybe' },
    { 'client-type': 'secret' },
    { 'access-token-ttl': 'soon' },
    { set: ['nothing'] },
  ])('refuses %j', async options => {
    await expect(membersOf(options)).rejects.toThrow(UsageError)
  })

  it.each([
    ['/nonexistent', '/nonexistent can not be read'],
    [import.meta.filename, `${import.meta.filename} holds no JSON`],
  ])('name a key set that is no file, or holds none: %s', async (file, message) => {
    const failed = await membersOf({ 'jwks-file': file }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(CommandFailed)
    expect(failed).toMatchObject({ message })
  })
})
