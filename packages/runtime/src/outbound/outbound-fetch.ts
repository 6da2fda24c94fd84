/**
 * Requests to addresses that clients choose (jwks_uri, back-channel logout): public ones by https, and those of the
 * allowed networks. A host is resolved once, every address of it is judged, and the connection goes to one of those, so
 * that no second answer of a name server can lead elsewhere. Nothing is followed, and time and length are bounded.
 *
 * @see RFC 7591 §5, OWASP "Server-Side Request Forgery Prevention"
 */
import { lookup as dnsLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Agent, errors, request } from 'undici'
import { type Cidr, isInNetworks, isPublicAddress } from '../networks/index.ts'
import { OutboundError } from './outbound-error.ts'
import { hostOf, isPublicPort, parseOutboundUrl } from './outbound-url.ts'
import { readOutboundBody } from './read-body.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface OutboundFetchInit {
  /** Reached although they are not public, and by http too. */
  readonly allowedNetworks: readonly Cidr[]
  /** For all of it, from the resolution to the last byte; 5,000 by default. */
  readonly timeoutMs?: number
  /** Of the body; 256 KiB by default. */
  readonly maxBytes?: number
  /** Every address of a host; the system's resolver by default. */
  readonly lookup?: (host: string) => Promise<readonly ResolvedAddress[]>
  /** A further authority in PEM; those that the system knows by default. */
  readonly ca?: string
}

export interface OutboundRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Media types that a 200 may have, without parameters; any by default. */
  readonly contentTypes?: readonly string[]
}

export interface OutboundResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** @throws OutboundError */
export type OutboundFetch = (url: string, init?: OutboundRequest) => Promise<OutboundResponse>

const resolveBySystem = (host: string) => dnsLookup(host, { all: true, order: 'verbatim' })

const untilAborted = <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  Promise.race([
    work,
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    ),
  ])

const toOutboundError = (error: unknown): OutboundError => {
  if (error instanceof OutboundError) return error
  const isTimeout =
    (error instanceof DOMException && error.name === 'TimeoutError') ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  return isTimeout
    ? new OutboundError('timeout', 'The server did not answer in time', { cause: error })
    : new OutboundError('unreachable', 'The server can not be reached', { cause: error })
}

export const createOutboundFetch = (init: OutboundFetchInit): OutboundFetch => {
  const { allowedNetworks, timeoutMs = 5_000, maxBytes = 262_144, lookup = resolveBySystem, ca } = init

  /** The addresses of the URL's host, all of which may be reached. @throws OutboundError */
  const vet = async (url: URL): Promise<readonly ResolvedAddress[]> => {
    const host = hostOf(url)
    const family = isIP(host)
    const addresses = family === 0 ? await lookup(host) : [{ address: host, family }]
    if (addresses.length === 0) throw new OutboundError('unreachable', 'The host has no address')
    if (addresses.every(({ address }) => isInNetworks(address, allowedNetworks))) return addresses
    const isReachable = ({ address }: ResolvedAddress) =>
      isPublicAddress(address) || isInNetworks(address, allowedNetworks)
    if (!addresses.every(isReachable))
      throw new OutboundError('address', 'The host of the URL is not on the public internet')
    if (url.protocol !== 'https:') throw new OutboundError('url', 'The URL must be an https URL')
    if (!isPublicPort(url)) throw new OutboundError('url', 'The port of the URL is not one of the web')
    return addresses
  }

  /** An agent for one request, which connects to what was vetted, whatever a name server says by then. */
  const pinnedTo = (addresses: readonly ResolvedAddress[]) =>
    new Agent({
      connect: {
        timeout: timeoutMs,
        ...(ca === undefined ? {} : { ca }),
        lookup: (_host, options, callback) => {
          const [first] = addresses
          if (options.all === true) callback(null, [...addresses])
          else callback(null, first?.address ?? '', first?.family)
        },
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: maxBytes,
    })

  return async (text, { method = 'GET', headers = {}, body, contentTypes } = {}) => {
    const signal = AbortSignal.timeout(timeoutMs)
    let agent: Agent | undefined
    try {
      const url = parseOutboundUrl(text)
      agent = pinnedTo(await untilAborted(vet(url), signal))
      const response = await request(url, {
        method,
        dispatcher: agent,
        signal,
        headers: { 'accept-encoding': 'identity', 'user-agent': 'Latchkey', ...headers },
        body: body ?? null,
      })
      return {
        status: response.statusCode,
        headers: response.headers,
        body: await readOutboundBody(response, { contentTypes, maxBytes }),
      }
    } catch (error) {
      throw toOutboundError(error)
    } finally {
      // Not `close`: it would wait for what is left of an answer that nobody wants.
      void agent?.destroy()
    }
  }
}
