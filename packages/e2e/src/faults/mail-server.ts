/** An SMTP server of a test's own: it decides about each recipient, as slowly as it likes, and counts what it took. */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** What RCPT TO is answered with. */
export type Verdict = 'accepted' | { readonly code: number; readonly reply: string }

export interface MailServer {
  readonly url: string
  /** The recipients of all reset mails that were acknowledged, one entry a mail. */
  readonly delivered: readonly string[]
  /** Likewise of all other mails: addresses to confirm, notices of what changed. */
  readonly others: readonly string[]
  readonly close: () => Promise<void>
}

export const startMailServer = async (
  judge: (recipient: string) => Verdict | Promise<Verdict>,
): Promise<MailServer> => {
  const delivered: string[] = []
  const others: string[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    // Held senders don't make the end of a test wait for them.
    closeTimeout: 500,
    onRcptTo: ({ address }, _session, callback) => {
      Promise.resolve(judge(address)).then(verdict => {
        if (verdict === 'accepted') return callback()
        callback(Object.assign(new Error(verdict.reply), { responseCode: verdict.code }))
      }, callback)
    },
    onData: (stream, { envelope }, callback) => {
      text(stream).then(mail => {
        const recipients = envelope.rcptTo.map(({ address }) => address)
        if (mail.includes('/reset-password?')) delivered.push(...recipients)
        else others.push(...recipients)
        callback()
      }, callback)
    },
  })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  if (!listening.listening) await once(listening, 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    delivered,
    others,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
