import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freePort } from '@latchkey/testkit'
import { type Mailbox, startMailbox } from './index.ts'

const mail = [
  'From: Latchkey <no-reply@latchkey.test>',
  'To: ada@example.com',
  `Subject: =?utf-8?B?${Buffer.from('Zurücksetzen').toString('base64')}?=`,
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Open http://localhost:8080/reset-password?token=a&x=1.',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p><a href="http://localhost:8080/reset-password?token=a&amp;x=1">reset</a><a href="javascript:x">no</a><script>1</script>',
  '--b--',
]

/** Speaks SMTP by hand: waits for each answer, then sends the next line. */
const sendMail = (smtpUrl: string, lines: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1')
    const steps = [
      'EHLO test',
      'MAIL FROM:<a@b.test>',
      'RCPT TO:<ada@example.com>',
      'DATA',
      [...lines, '.'].join('\r\n'),
      'QUIT',
    ]
    socket.setEncoding('utf8').on('error', reject)
    socket.on('data', answer => {
      if (!/^\d{3} /m.test(String(answer))) return
      if (/^[45]/.test(String(answer))) reject(new Error(String(answer)))
      const next = steps.shift()
      if (next === undefined) resolve()
      else socket.write(`${next}\r\n`)
    })
  })

describe('the mailbox', () => {
  let mailbox: Mailbox
  beforeEach(async () => {
    mailbox = await startMailbox({ webPort: await freePort(), smtpPort: await freePort() })
  })
  afterEach(() => mailbox.close())

  it('shows a mail as JSON with its real recipient, both bodies and each web link once', async () => {
    await sendMail(mailbox.smtpUrl, mail)
    const messages = await (await fetch(`${mailbox.url}/api/messages`)).json()
    expect(messages).toEqual([
      expect.objectContaining({
        to: 'ada@example.com',
        subject: 'Zurücksetzen',
        text: expect.stringContaining('Open http://localhost:8080/'),
        html: expect.stringContaining('<a href='),
        links: ['http://localhost:8080/reset-password?token=a&x=1'],
      }),
    ])
  })

  it('lists the newest mail first and forgets all on DELETE', async () => {
    await sendMail(mailbox.smtpUrl, ['Subject: first', '', '1'])
    await sendMail(mailbox.smtpUrl, ['Subject: second', '', '2'])
    expect(mailbox.list().map(({ subject }) => subject)).toEqual(['second', 'first'])
    expect((await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })).status).toBe(204)
    expect(await (await fetch(`${mailbox.url}/api/messages`)).json()).toEqual([])
  })

  it('frames the HTML of a mail in a sandbox that runs no script and lets links open', async () => {
    await sendMail(mailbox.smtpUrl, mail)
    const id = mailbox.list()[0]?.id
    const page = await (await fetch(`${mailbox.url}/messages/${id}`)).text()
    expect(page).toContain(`sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${id}/body"`)
    const body = await fetch(`${mailbox.url}/messages/${id}/body`)
    expect(body.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox allow-popups /)
    expect(await body.text()).toMatch(/^<base target="_blank">/)
  })

  it('answers 404 for a mail that is not there, and 421 to a name that only points here', async () => {
    expect((await fetch(`${mailbox.url}/api/messages/none`)).status).toBe(404)
    const { request } = await import('node:http')
    const status = await new Promise(resolve =>
      request(`${mailbox.url}/api/messages`, { headers: { host: 'evil.example' } }, res =>
        resolve(res.resume().statusCode),
      ).end(),
    )
    expect(status).toBe(421)
  })

  it.each(['//[', '//', '/%', '//x:99999'])('survives a request for %s, which is no URL', async path => {
    expect((await fetch(`${mailbox.url}${path}`)).status).toBe(404)
    expect((await fetch(`${mailbox.url}/?x`)).status).toBe(200)
  })
})
