/** How systems that people come from write the hashes that we know: each to the one spelling that is kept. */
import { z } from 'zod'
import { parseJson } from '../../domain/json-text.ts'
import { fromBase64, fromCrypt64, fromHex, numberFromCrypt64, unpadded } from './encodings.ts'
import { isPbkdf2Digest, writePbkdf2 } from './pbkdf2.ts'
import { writeScrypt } from './scrypt.ts'
import type { Spelling } from './stored-hash.ts'

const utf8 = (text: string) => Buffer.from(text, 'utf8')

/** `pbkdf2_sha256$600000$salt$key`, `scrypt$16384$salt$8$5$key`, and a name before what is a PHC or bcrypt string. */
const django: Spelling = text => {
  const wrapped = /^(?:argon2\$(argon2.+)|bcrypt\$(\$2.+))$/.exec(text)
  if (wrapped !== null) return wrapped[1] === undefined ? wrapped[2] : `$${wrapped[1]}`
  const [name = '', ...rest] = text.split('$')
  if (name === 'scrypt' && rest.length === 5) {
    const [n, salt = '', r, p, key = ''] = rest
    const bytes = fromBase64(key)
    return bytes && writeScrypt({ logN: Math.log2(Number(n)), r: Number(r), p: Number(p) }, utf8(salt), bytes)
  }
  const digest = name.replace(/^pbkdf2_/, '')
  const [iterations, salt = '', key = ''] = rest
  const bytes = fromBase64(key)
  if (!name.startsWith('pbkdf2_') || !isPbkdf2Digest(digest) || bytes === undefined) return undefined
  return writePbkdf2({ digest, iterations: Number(iterations), salt: utf8(salt), key: bytes })
}

/** Flask's: `scrypt:32768:8:1$salt$hex` and `pbkdf2:sha256:600000$salt$hex`; the salt is text. */
const werkzeug: Spelling = text => {
  const [, n, r, p, scryptSalt = '', scryptKey = ''] =
    /^scrypt:(\d{1,10}):(\d{1,6}):(\d{1,6})\$([^$]*)\$([\da-f]+)$/i.exec(text) ?? []
  if (n !== undefined) {
    const key = fromHex(scryptKey)
    return (
      key && writeScrypt({ logN: Math.log2(Number(n)), r: Number(r), p: Number(p) }, utf8(scryptSalt), key)
    )
  }
  const [, digest = '', iterations, salt = '', hex = ''] =
    /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]*)\$([\da-f]+)$/i.exec(text) ?? []
  const key = fromHex(hex)
  if (key === undefined || !isPbkdf2Digest(digest)) return undefined
  return writePbkdf2({ digest, iterations: Number(iterations), salt: utf8(salt), key })
}

/** crypt(3)'s and libsodium's `$7$`: N, r and p in 1, 5 and 5 characters, a salt that is text, 32 bytes of key. */
const crypt7: Spelling = text => {
  const [, n, r, p, salt = '', key = ''] =
    /^\$7\$([./\w])([./\w]{5})([./\w]{5})([^$]+)\$([./A-Za-z0-9]{43})$/.exec(text) ?? []
  if (n === undefined || r === undefined || p === undefined) return undefined
  const cost = { logN: numberFromCrypt64(n), r: numberFromCrypt64(r), p: numberFromCrypt64(p) }
  return writeScrypt(cost, utf8(salt), fromCrypt64(key))
}

const aspNetDigests = ['sha1', 'sha256', 'sha512'] as const

/** ASP.NET Core Identity: base64 of a version byte, and in version 3 of the digest, the iterations and the salt's length. */
const aspNet: Spelling = text => {
  if (!/^A[A-Za-z0-9+/]{48,}={0,2}$/.test(text)) return undefined
  const bytes = fromBase64(text)
  if (bytes?.[0] === 0 && bytes.length === 49) {
    const [salt, key] = [bytes.subarray(1, 17), bytes.subarray(17)]
    return writePbkdf2({ digest: 'sha1', iterations: 1_000, salt, key })
  }
  if (bytes?.[0] !== 1 || bytes.length < 13) return undefined
  const digest = aspNetDigests[bytes.readUInt32BE(1)]
  const saltEnd = 13 + bytes.readUInt32BE(9)
  if (digest === undefined || saltEnd >= bytes.length) return undefined
  const [salt, key] = [bytes.subarray(13, saltEnd), bytes.subarray(saltEnd)]
  return writePbkdf2({ digest, iterations: bytes.readUInt32BE(5), salt, key })
}

/** JSON within JSON, in the exports of Keycloak. */
const nested = <Shape extends z.ZodType>(shape: Shape) =>
  z.union([z.string(), z.record(z.string(), z.unknown())]).transform((value, context) => {
    const parsed = shape.safeParse(typeof value === 'string' ? parseJson(value) : value)
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: 'is not what Keycloak writes' })
    return z.NEVER
  })

const keycloakCredential = z.object({
  secretData: nested(z.object({ value: z.string(), salt: z.string() })),
  credentialData: nested(
    z.object({
      algorithm: z.string(),
      hashIterations: z.number(),
      additionalParameters: z.record(z.string(), z.array(z.string())).default({}),
    }),
  ),
})

/** Keycloak: a credential of a realm export, `{secretData, credentialData}`; PBKDF2 before version 24, Argon2 since. */
const keycloak: Spelling = text => {
  if (!text.startsWith('{')) return undefined
  const credential = keycloakCredential.safeParse(parseJson(text)).data
  const [salt, key] = [
    fromBase64(credential?.secretData.salt ?? ''),
    fromBase64(credential?.secretData.value ?? ''),
  ]
  if (credential === undefined || salt === undefined || key === undefined) return undefined
  const { algorithm, hashIterations: iterations, additionalParameters } = credential.credentialData
  if (algorithm === 'argon2') {
    const { type, version, memory, parallelism } = additionalParameters
    const v = version?.[0] === '1.0' ? 16 : 19
    const cost = `m=${memory?.[0]},t=${iterations},p=${parallelism?.[0]}`
    return `$argon2${type?.[0]}$v=${v}$${cost}$${unpadded(salt)}$${unpadded(key)}`
  }
  const digest = algorithm === 'pbkdf2' ? 'sha1' : algorithm.replace(/^pbkdf2-/, '')
  if (!algorithm.startsWith('pbkdf2') || !isPbkdf2Digest(digest)) return undefined
  return writePbkdf2({ digest, iterations, salt, key })
}

export const spellings: readonly Spelling[] = [django, werkzeug, crypt7, aspNet, keycloak]
