import { describe, expect, it } from '@jest/globals'
import { loadSettings } from '@latchkey/runtime/settings'
import { senderOf, workerSettings } from './config.ts'

const env = {
  DATABASE_URL: 'postgres://notification:secret@localhost/latchkey',
  REDIS_URL: 'redis://localhost',
  PUBLIC_URL: 'https://auth.example.com',
  MAIL_SEALING_KEY: Buffer.alloc(32).toString('base64'),
}

describe('the settings of the worker', () => {
  it('need no more than where everything is, and the key', () => {
    expect(loadSettings(workerSettings, env)).toMatchObject({
      BRAND_NAME: 'Latchkey',
      MAIL_LOCALE: 'en',
      SMTP_HOST: 'localhost',
      SMTP_PORT: 587,
      SMTP_USE_TLS: 'auto',
      WORKER_CONCURRENCY: 20,
    })
  })

  it.each([
    ['BRAND_NAME', 'Latchkey\r\nBcc: eve@example.com'],
    ['BRAND_COLOR', 'red;background:url(https://evil.example)'],
    ['MAIL_FROM', 'Latchkey <no-reply@example.com>'],
    ['MAIL_LOCALE', 'tlh'],
    ['MAIL_SEALING_KEY', 'short'],
    ['SMTP_URL', 'https://mail.example.com'],
    ['SMTP_USE_TLS', 'maybe'],
    ['WORKER_CONCURRENCY', '0'],
  ])('%s can not be %j', (name, value) => {
    expect(() => loadSettings(workerSettings, { ...env, [name]: value })).toThrow(name)
  })
})

describe('whom mails come from', () => {
  it.each([
    ['https://auth.example.com', 'no-reply@auth.example.com'],
    ['http://localhost:8080', 'no-reply@localhost'],
    ['http://127.0.0.1:8080', 'no-reply@localhost'],
    ['http://[::1]:8080', 'no-reply@localhost'],
  ])('at %s is %s', (PUBLIC_URL, sender) => {
    expect(senderOf({ PUBLIC_URL })).toBe(sender)
  })

  it('is MAIL_FROM where that is set', () => {
    expect(senderOf({ PUBLIC_URL: env.PUBLIC_URL, MAIL_FROM: 'post@example.com' })).toBe('post@example.com')
  })
})
