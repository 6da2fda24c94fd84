/**
 * The public keys of clients, registered (`jwks`) or served by them (`jwks_uri`), and what is verified with them:
 * client assertions and request objects. @see RFC 7591 §2, OpenID Connect Core §10.1.1
 */
import { OAuthError } from '@latchkey/oauth'
import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import type { Client } from '../domain/client.ts'
import type { FetchedKeySets } from './fetched-key-sets.ts'
import { parseKeySet } from './key-set.ts'
import { onceForEach } from './once-for-each.ts'

export interface ClientKeysDeps {
  readonly fetched: FetchedKeySets
}

type KeyOwner = Pick<Client, 'metadata'>

const none: JSONWebKeySet = { keys: [] }

// Clients and fetched sets are kept for a while: their keys are looked through and imported with the first use.
const usableKeys = onceForEach((jwks: JSONWebKeySet) => parseKeySet(jwks) ?? none)
const importedKeys = onceForEach(createLocalJWKSet)

const unavailable = () =>
  new OAuthError('temporarily_unavailable', 'The keys at the client’s jwks_uri can’t be had at the moment', {
    headers: { 'Retry-After': '10' },
  })

/** Without a `kid`, several keys may fit: one of them has to. @throws what `jose` throws */
const verifyWith = async (
  keySet: JSONWebKeySet,
  jwt: string,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> => {
  try {
    return await jwtVerify(jwt, importedKeys(keySet), options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const verified = await jwtVerify(jwt, key, options).catch((failure: unknown) => {
        if (failure instanceof errors.JWSSignatureVerificationFailed) return undefined
        throw failure
      })
      if (verified !== undefined) return verified
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

const isOfUnknownKey = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed

export const createClientKeys = ({ fetched }: ClientKeysDeps) => {
  /** None where the client registered none. @throws OAuthError where they can't be fetched */
  const findClientKeys = async ({ metadata }: KeyOwner): Promise<JSONWebKeySet> => {
    if (metadata.jwks !== undefined) return usableKeys(metadata.jwks)
    if (metadata.jwksUri === undefined) return none
    const keySet = await fetched.find(metadata.jwksUri)
    if (keySet === undefined) throw unavailable()
    return keySet
  }

  /**
   * Verifies what a client signed; a client that has just changed its keys is asked for them again.
   * @throws what `jose` throws, and OAuthError where the keys can't be fetched
   */
  const verifyClientJwt = async (
    client: KeyOwner,
    jwt: string,
    options: JWTVerifyOptions,
  ): Promise<JWTVerifyResult> => {
    const known = await findClientKeys(client)
    try {
      return await verifyWith(known, jwt, options)
    } catch (error) {
      const { jwks, jwksUri } = client.metadata
      if (!isOfUnknownKey(error) || jwks !== undefined || jwksUri === undefined) throw error
      const newer = await fetched.findNewer(jwksUri)
      if (newer === undefined || newer === known) throw error
      return verifyWith(newer, jwt, options)
    }
  }

  return { verifyClientJwt }
}

export type ClientKeys = ReturnType<typeof createClientKeys>
