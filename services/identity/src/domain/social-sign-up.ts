/** The way in of somebody whose provider tells no address, or one that it has not verified. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { Brand } from '@latchkey/runtime/ids'
import type { EmailAddress } from './email-address.ts'
import type { JourneyBrowserHash } from './social-journey.ts'
import type { UserName } from './user-name.ts'

/** SHA-256 of what names a sign-up in its browser, hex. */
export type TicketHash = Brand<string, 'TicketHash'>
/** SHA-256 of what the mail brings, hex. */
export type SignUpTokenHash = Brand<string, 'SignUpTokenHash'>

export const hashTicket = (rawTicket: string): TicketHash => sha256Hex(rawTicket) as TicketHash
export const hashSignUpToken = (rawToken: string): SignUpTokenHash => sha256Hex(rawToken) as SignUpTokenHash

export interface SocialSignUp {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly name: UserName | undefined
  /** What they say it is, or the provider without having verified it. */
  readonly email: EmailAddress | undefined
  /** The authorization request that waits. */
  readonly flow: string | undefined
}

export interface AddressMail {
  readonly ticketHash: TicketHash
  readonly browserHash: JourneyBrowserHash
  readonly email: EmailAddress
  readonly tokenHash: SignUpTokenHash
  readonly sealedData: string
  readonly locale: string
  /** The IP address that asked. */
  readonly askedFrom: string
  readonly at: Date
}

/** For reading a mail. */
export const signUpSeconds = 3_600
