import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toTimestamp } from '@latchkey/contracts'
import { createContext, withContext } from '@latchkey/runtime/context'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { type NotificationUnderTest, startNotificationUnderTest } from './notification-under-test.ts'

const timeoutMs = 30_000

let suite: NotificationUnderTest

beforeAll(async () => {
  suite = await startNotificationUnderTest()
  await suite.startWorker()
}, timeoutMs)

afterAll(() => suite.close(), timeoutMs)

const mailTo = (recipient: string) =>
  eventually(() => {
    const [mail] = suite.mailServer.to(recipient)
    if (mail === undefined) throw new Error(`no mail for ${recipient}`)
    return mail
  })

describe('SendMessage', () => {
  it('leads to a mail with the link, in HTML and in text', async () => {
    const { token } = await suite.sendReset({ recipient: 'link@example.com' })
    const mail = await mailTo('link@example.com')
    const link = `https://auth.example.com/reset-password?token=${token}`
    expect(mail.text).toContain(link)
    expect(mail.html).toContain(`href="${link}"`)
    expect(mail.text).toContain('expires in 1 hour')
  })

  it('leads to a mail that nobody answers and that no thread swallows', async () => {
    const { messageId } = await suite.sendReset({ recipient: 'headers@example.com' })
    const { headers, messageId: id, from } = await mailTo('headers@example.com')
    const { id: deliveryId } = await suite.findDelivery(messageId)
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.get('x-entity-ref-id')).toBe(messageId)
    expect(headers.get('content-language')).toBe('en')
    expect(id).toBe(`<${deliveryId}@auth.example.com>`)
    expect(from?.text).toBe('"Latchkey" <no-reply@auth.example.com>')
  })

  it("speaks the recipient's language", async () => {
    await suite.sendReset({ recipient: 'sprache@example.com', locale: 'de-CH' })
    expect((await mailTo('sprache@example.com')).subject).toBe('Passwort für Latchkey zurücksetzen')
  })

  it.each(['password_changed', 'account_deleted'])('%s needs no sealed data and no end', async template => {
    const recipient = `${template}@example.com`
    await suite.sendReset({ recipient, template, sealedData: '', expiresAt: null })
    expect((await mailTo(recipient)).subject).toMatch(
      /^Your Latchkey (password|account) was (changed|deleted)$/,
    )
  })

  it('sends one mail, however often and however parallel the same message_id is sent', async () => {
    const messageId = createUuid()
    await Promise.all(
      Array.from({ length: 10 }, () => suite.sendReset({ messageId, recipient: 'once@example.com' })),
    )
    await mailTo('once@example.com')
    await suite.sendReset({ messageId, recipient: 'once@example.com' })
    await suite.sendReset({ recipient: 'after@example.com' })
    await mailTo('after@example.com')
    expect(suite.mailServer.to('once@example.com')).toHaveLength(1)
  })

  it('keeps the reply of the mail server and the request that caused the mail, and wipes the secret', async () => {
    const context = createContext({ requestId: 'request-of-the-user' })
    const { messageId } = await withContext(context, () =>
      suite.sendReset({ recipient: 'trail@example.com' }),
    )
    await mailTo('trail@example.com')
    await eventually(async () =>
      expect(await suite.findDelivery(messageId)).toMatchObject({
        status: 'sent',
        attempts: 1,
        lastReply: expect.stringMatching(/^250 /),
        message: { sealedData: null, requestId: 'request-of-the-user' },
      }),
    )
    const place = { request_id: 'request-of-the-user', trace_id: context.traceId }
    expect(suite.logs.map(line => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ ...place, message: 'mail sent' }),
    )
  })

  it('counts what was sent, and how long it took', async () => {
    const worker = await suite.startWorker()
    const { body } = await suite.scrape(worker.ports.management)
    expect(body).toMatch(/^# TYPE mails_sent_total counter$/m)
    expect(body).toMatch(/^# TYPE mail_delivery_seconds histogram$/m)
    expect((await suite.scrape(suite.service.ports.management)).body).toMatch(
      /^queue_oldest_waiting_age_seconds\{queue="email",service="notification"\} 0$/m,
    )
    await worker.close()
  })
})

describe('CHECKLIST 40: services authenticate who calls them', () => {
  it.each(['gateway', 'token', 'session', 'stranger'])('%s may have no mails sent', async name => {
    const caller = await suite.clientOf(name)
    await expect(caller.sendMessage({})).rejects.toMatchObject({
      status: 'PERMISSION_DENIED',
      reason: 'CALLER_NOT_ALLOWED',
    })
  })
})

describe('SendMessage refuses what could never be sent', () => {
  it.each<[string, object]>([
    ['INVALID_MESSAGE_ID', { messageId: 'one' }],
    ['UNKNOWN_TEMPLATE', { template: 'constructor' }],
    ['UNKNOWN_TEMPLATE', { template: '../password_reset' }],
    ['INVALID_RECIPIENT', { recipient: 'ada@example.com\r\nBcc: eve@example.com' }],
    ['INVALID_RECIPIENT', { recipient: 'ada@example.com, eve@example.com' }],
    ['INVALID_SEALED_DATA', { sealedData: '' }],
    ['INVALID_SEALED_DATA', { sealedData: 'raw-token' }],
    ['INVALID_EXPIRES_AT', { expiresAt: null }],
    ['TOO_LARGE', { data: { padding: 'x'.repeat(17_000) } }],
  ])('%s: %j', async (reason, overrides) => {
    await expect(suite.sendReset(overrides)).rejects.toMatchObject({ status: 'INVALID_ARGUMENT', reason })
  })

  it('takes one that is late already, and records it as expired', async () => {
    const { messageId } = await suite.sendReset({
      recipient: 'late@example.com',
      expiresAt: toTimestamp(new Date(Date.now() - 1000)),
    })
    await eventually(async () =>
      expect(await suite.findDelivery(messageId)).toMatchObject({
        status: 'expired',
        message: { sealedData: null },
      }),
    )
    expect(suite.mailServer.to('late@example.com')).toHaveLength(0)
  })
})
