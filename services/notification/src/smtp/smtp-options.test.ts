import { describe, expect, it } from '@jest/globals'
import { type SmtpSettings, smtpServerOf } from './smtp-options.ts'

const defaults = { SMTP_HOST: 'localhost', SMTP_PORT: 587, SMTP_USE_TLS: 'auto' } satisfies SmtpSettings

describe('where mails go', () => {
  it('SMTP_URL carries host, port and credentials, percent-encoded', () => {
    expect(
      smtpServerOf({ ...defaults, SMTP_URL: 'smtp://post%40example.com:p%2Fw@mail.example.com:2525' }),
    ).toEqual({
      host: 'mail.example.com',
      port: 2525,
      user: 'post@example.com',
      password: 'p/w',
      tls: 'required',
    })
  })

  it('SMTP_URL without a port takes the one of its scheme', () => {
    expect(smtpServerOf({ ...defaults, SMTP_URL: 'smtp://[::1]' })).toMatchObject({ host: '::1', port: 587 })
    expect(smtpServerOf({ ...defaults, SMTP_URL: 'smtps://mail.example.com' })).toMatchObject({ port: 465 })
  })

  it.each<[string, Partial<SmtpSettings>, string]>([
    ['a password is never sent in the clear', { SMTP_USER: 'a', SMTP_PASSWORD: 'b' }, 'required'],
    ['without one, TLS is used where offered', {}, 'opportunistic'],
    ['SMTP_USE_TLS=true demands it', { SMTP_USE_TLS: 'true' }, 'required'],
    [
      'SMTP_USE_TLS=false goes without',
      { SMTP_USE_TLS: 'false', SMTP_USER: 'a', SMTP_PASSWORD: 'b' },
      'none',
    ],
    ['port 465 means TLS from the first byte', { SMTP_PORT: 465 }, 'implicit'],
    ['and so does smtps:// on any port', { SMTP_URL: 'smtps://mail.example.com:4650' }, 'implicit'],
  ])('%s', (_, settings, tls) => {
    expect(smtpServerOf({ ...defaults, ...settings }).tls).toBe(tls)
  })
})
