import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createTestTls, freePort } from '@latchkey/testkit'
import type { Mail } from '../src/domain/mail.ts'
import { createMailSender, type MailSender } from '../src/smtp/mail-sender.ts'
import { type SmtpServer, smtpServerOf } from '../src/smtp/smtp-options.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const aMail = (overrides: Partial<Mail> = {}): Mail => ({
  messageId: '<delivery-1@auth.example.com>',
  to: 'ada@example.com',
  subject: 'Réinitialisez votre mot de passe',
  text: 'text',
  html: '<p>html</p>',
  headers: { 'Auto-Submitted': 'auto-generated' },
  ...overrides,
})

/** A certificate of an authority that nobody trusts. */
const strangersCertificate = async () => {
  const tls = await createTestTls()
  const { certFile, keyFile } = await tls.issue('mail')
  const material = { cert: await readFile(certFile), key: await readFile(keyFile) }
  await tls.remove()
  return material
}

let server: MailServer
const senders: MailSender[] = []

const senderTo = (target: Partial<SmtpServer>, timeoutMs = 10_000): MailSender => {
  const sender = createMailSender({
    server: {
      ...smtpServerOf({ SMTP_URL: server.url, SMTP_HOST: '', SMTP_PORT: 0, SMTP_USE_TLS: 'auto' }),
      ...target,
    },
    from: { name: 'Latchkey', address: 'no-reply@auth.example.com' },
    connections: 2,
    timeoutMs,
  })
  senders.push(sender)
  return sender
}

beforeEach(async () => {
  server = await startMailServer()
})

afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close()
  await server.close()
})

describe('a mail that the mail server takes', () => {
  it('arrives as it was written, under its own Message-ID', async () => {
    const { outcome, reply } = await senderTo({}).send(aMail())
    expect({ outcome, reply }).toEqual({ outcome: 'sent', reply: expect.stringMatching(/^250 /) })
    expect(server.mails).toHaveLength(1)
    expect(server.mails[0]).toMatchObject({
      messageId: '<delivery-1@auth.example.com>',
      subject: 'Réinitialisez votre mot de passe',
      from: { text: '"Latchkey" <no-reply@auth.example.com>' },
      to: { text: 'ada@example.com' },
      envelopeTo: ['ada@example.com'],
    })
    expect(server.mails[0]?.headers.get('auto-submitted')).toBe('auto-generated')
  })

  it('uses a connection that was kept', async () => {
    const sender = senderTo({})
    for (let index = 0; index < 5; index += 1) await sender.send(aMail())
    expect(server.connections).toBe(1)
  })

  it('goes over a new connection where the server has closed the kept one', async () => {
    const sender = senderTo({})
    await sender.send(aMail())
    await server.close()
    server = await startMailServer({ port: server.port })
    expect((await sender.send(aMail())).outcome).toBe('sent')
    expect(server.mails).toHaveLength(1)
  })

  it('gets no header and no recipient out of what a value holds', async () => {
    await senderTo({}).send(aMail({ subject: 'Hello\r\nBcc: eve@example.com' }))
    expect(server.mails[0]?.headers.has('bcc')).toBe(false)
    expect(server.mails[0]?.envelopeTo).toEqual(['ada@example.com'])
  })
})

describe('a mail that the mail server does not take', () => {
  it('is rejected by a 550 to the recipient, whose address is masked in the reply', async () => {
    server.reactions.recipient = () => 550
    expect(await senderTo({}).send(aMail())).toEqual({
      outcome: 'rejected',
      reply: '550 no mail for <a***@example.com>, see [link]',
    })
  })

  it('is rejected by a 554 to its content', async () => {
    server.reactions.data = () => 554
    expect((await senderTo({}).send(aMail())).outcome).toBe('rejected')
  })

  it('is deferred by a 450, which says nothing about the next mail', async () => {
    server.reactions.recipient = address => (address === 'grey@example.com' ? 450 : undefined)
    const sender = senderTo({})
    expect((await sender.send(aMail({ to: 'grey@example.com' }))).outcome).toBe('deferred')
    expect((await sender.send(aMail())).outcome).toBe('sent')
  })

  it('is deferred where the server hangs up in the middle', async () => {
    server.reactions.data = () => 'drop'
    expect((await senderTo({}).send(aMail())).outcome).toBe('deferred')
    expect(server.mails).toHaveLength(0)
  })

  it('is deferred where the server does not answer in time', async () => {
    server.reactions.data = () => 'hang'
    const startedAt = performance.now()
    expect(await senderTo({}, 2_000).send(aMail())).toEqual({
      outcome: 'deferred',
      reply: 'ETIMEDOUT: the attempt took longer than 2 s',
    })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('a mail server that is away, or does not let us in', () => {
  it('is unavailable where nothing listens', async () => {
    expect((await senderTo({ port: await freePort() }).send(aMail())).outcome).toBe('unavailable')
  })

  it('is unavailable where its name is unknown', async () => {
    expect((await senderTo({ host: 'mail.invalid' }).send(aMail())).outcome).toBe('unavailable')
  })

  it('is unavailable where it refuses our login', async () => {
    await server.close()
    server = await startMailServer({
      options: {
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth: (_auth, _session, callback) => callback(new Error('wrong password')),
      },
    })
    const { outcome, reply } = await senderTo({
      port: server.port,
      tls: 'none',
      user: 'post',
      password: 's3cret',
    }).send(aMail())
    expect(outcome).toBe('unavailable')
    expect(reply).not.toContain('s3cret')
  })

  it('is unavailable where we demand TLS and it has none', async () => {
    expect((await senderTo({ tls: 'required' }).send(aMail())).outcome).toBe('unavailable')
  })

  it('is unavailable where we demand TLS and its certificate is not to be trusted', async () => {
    await server.close()
    server = await startMailServer({
      options: { disabledCommands: ['AUTH'], ...(await strangersCertificate()) },
    })
    expect((await senderTo({ port: server.port, tls: 'required' }).send(aMail())).outcome).toBe('unavailable')
    expect(server.mails).toHaveLength(0)
  })

  it('gets its mail encrypted where it offers TLS and we do not demand it', async () => {
    await server.close()
    const secured: boolean[] = []
    server = await startMailServer({
      options: {
        disabledCommands: ['AUTH'],
        ...(await strangersCertificate()),
        onMailFrom: (_address, session, callback) => {
          secured.push(session.secure)
          callback()
        },
      },
    })
    expect((await senderTo({ port: server.port, tls: 'opportunistic' }).send(aMail())).outcome).toBe('sent')
    expect(secured).toEqual([true])
  })
})
