/** How to reach the mail server, out of SMTP_URL or of SMTP_HOST and its kin, and how much TLS to insist on. */

export interface SmtpServer {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: SmtpTls
}

/**
 * - `implicit`: TLS from the first byte (RFC 8314 §3.3)
 * - `required`: STARTTLS (RFC 3207) with a certificate that we trust, or no mail
 * - `opportunistic`: STARTTLS where offered, with any certificate (RFC 7435): hides the mail from those who only
 *   listen, proves nothing about the server
 * - `none`: in the clear
 */
export type SmtpTls = 'implicit' | 'required' | 'opportunistic' | 'none'

export interface SmtpSettings {
  readonly SMTP_URL?: string | undefined
  readonly SMTP_HOST: string
  readonly SMTP_PORT: number
  readonly SMTP_USER?: string | undefined
  readonly SMTP_PASSWORD?: string | undefined
  readonly SMTP_USE_TLS: 'auto' | 'true' | 'false'
}

const implicitTlsPort = 465
const submissionPort = 587

/**
 * SMTP_URL stands in for the single settings, except for SMTP_USE_TLS. `auto` demands TLS as soon as there is
 * a password to protect.
 */
export const smtpServerOf = (settings: SmtpSettings): SmtpServer => {
  const { implicitTls, ...address } =
    settings.SMTP_URL === undefined ? addressOf(settings) : parseSmtpUrl(settings.SMTP_URL)
  return { ...address, tls: tlsOf(settings.SMTP_USE_TLS, implicitTls, address.password !== undefined) }
}

type Address = Omit<SmtpServer, 'tls'> & { readonly implicitTls: boolean }

const addressOf = ({ SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD }: SmtpSettings): Address => ({
  host: SMTP_HOST,
  port: SMTP_PORT,
  user: SMTP_USER,
  password: SMTP_PASSWORD,
  implicitTls: SMTP_PORT === implicitTlsPort,
})

const parseSmtpUrl = (text: string): Address => {
  const { protocol, hostname, port, username, password } = new URL(text)
  const implicitTls = protocol === 'smtps:' || port === `${implicitTlsPort}`
  return {
    // IPv6 addresses stand in brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (implicitTls ? implicitTlsPort : submissionPort) : Number(port),
    user: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    implicitTls,
  }
}

const tlsOf = (use: SmtpSettings['SMTP_USE_TLS'], implicitTls: boolean, hasPassword: boolean): SmtpTls => {
  if (use === 'false') return 'none'
  if (implicitTls) return 'implicit'
  return use === 'true' || hasPassword ? 'required' : 'opportunistic'
}
