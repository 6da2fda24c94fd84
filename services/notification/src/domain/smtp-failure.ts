/**
 * Whose fault a failed attempt is, and so what comes next. A reply about this mail counts against it; a mail
 * server that is away, or does not trust us, says nothing about the mail and costs it no attempt.
 */

/**
 * - `rejected`: the server will never take this mail for this recipient (5yz, RFC 5321 §4.2.1)
 * - `deferred`: it did not take it now (4yz, a time-out or a broken connection in mid-mail)
 * - `unavailable`: we never came to speak about this mail: DNS, connection, TLS, login, refused sender
 */
export type SmtpFailureKind = 'rejected' | 'deferred' | 'unavailable'

/** What is read of an error that the SMTP client threw. */
export interface SmtpError {
  /** The client's own code: ECONNECTION, EAUTH, EENVELOPE … */
  readonly code?: string | undefined
  /** Which command the reply answered: `RCPT TO`, `DATA`, `CONN` … */
  readonly command?: string | undefined
  readonly responseCode?: number | undefined
  readonly timeoutType?: string | undefined
}

// The server is leaving (421), wants a login first (530, 534, 535, 538), or lost count of the dialogue (503).
const aboutTheSession = new Set([421, 503, 530, 534, 535, 538])
const aboutTheMail = new Set(['EENVELOPE', 'EMESSAGE', 'ECONNECTION', 'ETIMEDOUT'])
const beforeTheMail = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'])

export const classifySmtpFailure = (error: SmtpError): SmtpFailureKind => {
  const { code = '', command, responseCode, timeoutType } = error
  if (!aboutTheMail.has(code)) return 'unavailable'
  if (responseCode !== undefined) {
    // A refused sender is our configuration, not the recipient's fault.
    if (aboutTheSession.has(responseCode) || (command === 'MAIL FROM' && responseCode >= 500))
      return 'unavailable'
    return responseCode >= 500 ? 'rejected' : 'deferred'
  }
  if (code === 'EENVELOPE') return 'rejected'
  if (timeoutType !== undefined && beforeTheMail.has(timeoutType)) return 'unavailable'
  // Closed before the greeting: the client reports no command, for none was sent.
  if (code === 'ECONNECTION' && command === undefined) return 'unavailable'
  return 'deferred'
}
