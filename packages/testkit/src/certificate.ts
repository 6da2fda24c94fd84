/**
 * As much of X.509 as test certificates need, written byte by byte: the libraries for it take longer to load than many a
 * test to run. @see RFC 5280 §4.1, X.690
 */
import { type KeyObject, randomBytes, sign } from 'node:crypto'

export interface CertificateInit {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
  /** A P-256 key of the issuer. */
  readonly signingKey: KeyObject
  /** An authority's; what is none has the other names, and serves and calls by TLS. */
  readonly isAuthority: boolean
  readonly alternativeNames?: { readonly url: string; readonly dns: readonly string[]; readonly ip: string }
}

const tlv = (tag: number, ...contents: readonly (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(contents.map(each => Buffer.from(each)))
  const { length } = content
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

const sequence = (...contents: readonly Buffer[]): Buffer => tlv(0x30, ...contents)
const octets = (content: Buffer): Buffer => tlv(0x04, content)
const bits = (unused: number, content: Buffer): Buffer => tlv(0x03, Buffer.from([unused]), content)
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes)
const isTrue = tlv(0x01, Buffer.from([0xff]))

const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap(arc => {
    const septets = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80)
    return septets
  })
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

const name = (commonName: string): Buffer =>
  sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, commonName))))

/** Generalized time is for years that two digits can't tell. */
const time = (at: Date): Buffer => tlv(0x17, `${at.toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`)

const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(isCritical ? [isTrue] : []), octets(value))

const extensionsOf = ({ isAuthority, alternativeNames }: CertificateInit): Buffer[] => {
  const basic = isAuthority ? sequence(isTrue, integer(Buffer.from([0]))) : sequence()
  // keyCertSign is the sixth bit, digitalSignature the first.
  const usage = isAuthority ? bits(2, Buffer.from([0x04])) : bits(7, Buffer.from([0x80]))
  const extensions = [extension('2.5.29.19', true, basic), extension('2.5.29.15', true, usage)]
  if (alternativeNames === undefined) return extensions
  const { url, dns, ip } = alternativeNames
  const names = [
    tlv(0x86, url),
    ...dns.map(each => tlv(0x82, each)),
    tlv(0x87, Buffer.from(ip.split('.').map(Number))),
  ]
  const purposes = [oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')]
  return [
    ...extensions,
    extension('2.5.29.37', false, sequence(...purposes)),
    extension('2.5.29.17', false, sequence(...names)),
  ]
}

/** A certificate in PEM, signed with ECDSA and SHA-256. */
export const createCertificate = (init: CertificateInit): string => {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const serial = randomBytes(16)
  // Positive, and of no byte too many.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const signed = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name(init.issuer),
    sequence(time(init.notBefore), time(init.notAfter)),
    name(init.subject),
    init.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensionsOf(init))),
  )
  const certificate = sequence(signed, algorithm, bits(0, sign('sha256', signed, init.signingKey)))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
