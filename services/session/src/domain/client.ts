/** What a session keeps about the client that it was begun by, made fit to be stored and shown. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import { parseAddress } from '@latchkey/runtime/networks'

export interface Client {
  readonly userAgent: string
  /** Undefined where the caller did not know it. */
  readonly ipAddress: string | undefined
}

/** Longer ones are no browser's; the column and the list stay readable. */
const maxUserAgentLength = 512

// Control characters have no business in a log or a page, and Postgres refuses NUL.
const controls = /\p{Cc}+/gu

/** A well-formed line of at most 512 characters, empty where none was sent. */
export const cleanUserAgent = (raw: string): string =>
  raw.replace(controls, ' ').trim().slice(0, maxUserAgentLength).toWellFormed()

/** An address in the one spelling by which it is known again, an IPv4-mapped one as IPv4; undefined for anything else. */
export const canonicalAddress = (text: string): string | undefined => parseAddress(text.trim())?.toString()

/** Tells a client that keeps no cookies from others, as well as that can be done. */
export const fingerprintOf = ({ userAgent, ipAddress }: Client): string =>
  sha256Hex(`${userAgent}|${ipAddress ?? ''}`)
