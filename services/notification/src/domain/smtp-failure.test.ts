import { describe, expect, it } from '@jest/globals'
import { classifySmtpFailure, type SmtpError } from './smtp-failure.ts'

const cases: [string, SmtpError, ReturnType<typeof classifySmtpFailure>][] = [
  ['550 to RCPT TO', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, 'rejected'],
  ['554 after the data', { code: 'EMESSAGE', command: 'DATA', responseCode: 554 }, 'rejected'],
  ['an address that the client refuses', { code: 'EENVELOPE', command: 'API' }, 'rejected'],
  ['450 to RCPT TO (greylisting)', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 }, 'deferred'],
  ['451 after the data', { code: 'EMESSAGE', command: 'DATA', responseCode: 451 }, 'deferred'],
  ['a connection that broke in mid-mail', { code: 'ECONNECTION', command: 'CONN' }, 'deferred'],
  ['silence in mid-mail', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'SOCKET_TIMEOUT' }, 'deferred'],
  ['a refused connection', { code: 'ESOCKET', command: 'CONN' }, 'unavailable'],
  ['a connection closed before the greeting', { code: 'ECONNECTION' }, 'unavailable'],
  ['no greeting', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'GREETING_TIMEOUT' }, 'unavailable'],
  ['an unknown host', { code: 'EDNS', command: 'CONN' }, 'unavailable'],
  ['a certificate that we do not trust', { code: 'ETLS', command: 'STARTTLS' }, 'unavailable'],
  ['a refused login', { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'unavailable'],
  [
    'a login asked for at RCPT TO',
    { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 530 },
    'unavailable',
  ],
  ['a refused sender', { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 553 }, 'unavailable'],
  [
    'a server that is going away',
    { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 421 },
    'unavailable',
  ],
  ['an error that we do not know', {}, 'unavailable'],
]

describe('RFC 5321 §4.2.1: who is to blame for a failed attempt', () => {
  it.each(cases)('%s', (_, error, kind) => {
    expect(classifySmtpFailure(error)).toBe(kind)
  })
})
