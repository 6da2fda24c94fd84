import { describe, expect, it } from '@jest/globals'
import { redactReply } from './smtp-reply.ts'

describe("a mail server's reply, before it is stored or logged", () => {
  it('keeps the code and the reason and masks the address', () => {
    expect(redactReply('550 5.1.1 <john@example.com>: unknown user')).toBe(
      '550 5.1.1 <j***@example.com>: unknown user',
    )
  })

  it('loses links, which may hold a token', () => {
    expect(redactReply('554 spam: https://auth.example.com/reset-password?token=s3cret here')).toBe(
      '554 spam: [link] here',
    )
  })

  it('becomes one line of at most 300 characters', () => {
    expect(redactReply(`450 later\r\n450 ${'x'.repeat(400)}`)).toMatch(/^450 later 450 x{286}$/)
  })
})
