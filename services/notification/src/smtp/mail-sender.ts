/**
 * The way to the mail server: a pool of kept connections, each attempt bounded in time, every failure told apart
 * by whose fault it is. It never retries by itself: the queue does, where everybody can see it.
 */
import { isNativeError } from 'node:util/types'
import { createTransport } from 'nodemailer'
import SmtpPool from 'nodemailer/lib/smtp-pool'
import type { Mail, SendOutcome } from '../domain/mail.ts'
import { classifySmtpFailure, type SmtpError } from '../domain/smtp-failure.ts'
import { redactReply } from '../domain/smtp-reply.ts'
import type { SmtpServer, SmtpTls } from './smtp-options.ts'

export interface MailSenderInit {
  readonly server: SmtpServer
  readonly from: { readonly name: string; readonly address: string }
  /** How many connections, and so how many mails at a time. */
  readonly connections: number
  /** The most that one attempt may take, from the connection to the last reply. */
  readonly timeoutMs: number
}

// A server that has not greeted by then is away, which is to be found out before the attempt as a whole ends.
const longestConnectMs = 10_000

export const createMailSender = ({ server, from, connections, timeoutMs }: MailSenderInit) => {
  const connectTimeoutMs = Math.min(longestConnectMs, timeoutMs / 2)
  const pool = new SmtpPool({
    maxConnections: connections,
    maxMessages: 1000,
    // Only a mail of which not a byte was sent goes over to another connection; RFC 5321 lets servers hang up
    // on idle ones.
    maxRequeues: 1,
    host: server.host,
    port: server.port,
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
    ...tlsOptions[server.tls],
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    // The signal below ends an attempt as a whole; this one ends a connection that was forgotten.
    socketTimeout: timeoutMs * 2,
    // Mails are made of our own templates: none has a reason to read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const transport = createTransport(pool)

  return {
    /** Never throws for what a mail server or the network does. */
    send: async ({ to, ...mail }: Mail): Promise<SendOutcome> => {
      try {
        const { response } = await transport.sendMail({
          ...mail,
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          signal: AbortSignal.timeout(timeoutMs),
        })
        return { outcome: 'sent', reply: redactReply(response) }
      } catch (error) {
        return failureOf(error, timeoutMs)
      }
    },
    /** Hangs up, also on mails that are being sent: call it when those are done or given up. */
    close: () => pool.close({ force: true }),
  }
}

export type MailSender = ReturnType<typeof createMailSender>

const tlsOptions = {
  implicit: { secure: true },
  required: { requireTLS: true },
  opportunistic: { opportunisticTLS: true, tls: { rejectUnauthorized: false } },
  none: { ignoreTLS: true },
} as const satisfies Record<SmtpTls, object>

const failureOf = (error: unknown, timeoutMs: number): SendOutcome => {
  if (!isNativeError(error)) throw error
  // What nodemailer adds to its errors; on any other error these are simply absent.
  const { code, command, responseCode, timeoutType, response } = error as Error &
    SmtpError & { response?: string }
  if (code === 'EABORT') {
    return { outcome: 'deferred', reply: `ETIMEDOUT: the attempt took longer than ${timeoutMs / 1000} s` }
  }
  const reply = response ?? `${code ?? error.name}: ${error.message}`
  return {
    outcome: classifySmtpFailure({ code, command, responseCode, timeoutType }),
    reply: redactReply(reply),
  }
}
