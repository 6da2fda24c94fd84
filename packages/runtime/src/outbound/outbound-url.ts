/** URLs that somebody else chose: which of them are fetched at all. What their hosts resolve to is judged later. */
import { isIP } from 'node:net'
import { OutboundError } from './outbound-error.ts'

const maxLength = 2_048
// Printable ASCII without backslash: what URL would mend silently is refused.
const strictForm = /^https?:\/\/[!-[\]-~]+$/i

/** An IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Of addresses: `0x7f.1`, `017700000001` and `2130706433` are 127.0.0.1 to some readers and names to others. */
const isOddAddress = (text: string, url: URL): boolean => {
  const written = /^https?:\/\/([^/?#]*?)(?::\d*)?(?:[/?#]|$)/i.exec(text)?.[1]
  return isIP(hostOf(url)) !== 0 && written?.toLowerCase() !== url.hostname
}

/**
 * An absolute http(s) URL without credentials, whose host has one spelling. Http is for allowed networks alone.
 * @throws OutboundError
 */
export const parseOutboundUrl = (text: string): URL => {
  if (text.length > maxLength || !strictForm.test(text) || !URL.canParse(text))
    throw new OutboundError('url', 'The URL must be an absolute https URL')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new OutboundError('url', 'The URL must not have credentials')
  if (url.hostname.endsWith('.') || isOddAddress(text, url))
    throw new OutboundError('url', 'The host of the URL must be written in its usual form')
  return url
}

/** On the public internet: what serves the web, and nothing that others of our kind run below 1024. */
export const isPublicPort = ({ port }: URL): boolean => port === '' || port === '443' || Number(port) > 1_023
