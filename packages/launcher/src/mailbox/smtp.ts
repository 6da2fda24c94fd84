/** The receiving end: plain SMTP on loopback, any sender, any recipient, no authentication. */
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { ReceivedMail } from './message.ts'

const maxMailBytes = 10 * 1024 * 1024

export interface SmtpInit {
  readonly port: number
  /** A mail is acknowledged only once this is done. */
  readonly receive: (mail: ReceivedMail) => Promise<void>
}

export const startSmtp = async ({ port, receive }: SmtpInit): Promise<{ close: () => Promise<void> }> => {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: maxMailBytes,
    onData: (stream, session, callback) => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      buffer(stream)
        .then(raw => receive({ raw, recipients, receivedAt: new Date() }))
        .then(() => callback(), callback)
    },
  })
  // A client that hangs up in mid-mail is its own trouble, not the launcher's.
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  if (!listening.listening) await once(listening, 'listening')
  return { close: () => new Promise(resolve => server.close(() => resolve())) }
}
