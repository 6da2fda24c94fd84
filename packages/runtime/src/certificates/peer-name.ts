/**
 * Who is at the other end of a mutual TLS connection: the name in the certificate's SPIFFE id,
 * `spiffe://latchkey/<name>`. Only ever read from a certificate that the handshake has verified.
 */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

const spiffeId = /^URI:spiffe:\/\/latchkey\/([a-z0-9-]+)$/

// Connections are kept for many requests, and TLS 1.3 has no renegotiation: the certificate is read once for each.
const names = new WeakMap<Socket, { readonly name: string | undefined }>()

/** The peer's name; undefined on a plain connection and for a certificate that is not verified or names no one. */
export const peerName = (socket: Socket): string | undefined => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const known = names.get(socket)
  if (known !== undefined) return known.name
  const name = nameInSubjectAltName(socket.getPeerCertificate().subjectaltname)
  names.set(socket, { name })
  return name
}

/**
 * Reads node's rendering of the extension: `DNS:token, URI:spiffe://latchkey/token`. One name, or none: node
 * quotes entries that hold its separators, so a quote means that an entry tries to pass for two.
 */
export const nameInSubjectAltName = (subjectAltName = ''): string | undefined => {
  if (subjectAltName.includes('"')) return undefined
  const names = subjectAltName.split(', ').flatMap(entry => spiffeId.exec(entry)?.[1] ?? [])
  return names.length === 1 ? names[0] : undefined
}
