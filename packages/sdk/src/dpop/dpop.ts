/**
 * DPoP for a resource server: whether a request shows that its sender holds the key that the access token is bound to,
 * once for each proof (RFC 9449 §7). The order is the protocol: a proof is remembered only when all else is right.
 */
import { TokenError } from '../token-error.ts'
import { UnavailableError } from '../unavailable-error.ts'
import type { NonceSource } from './nonces.ts'
import { ProofError } from './proof-error.ts'
import { createMemoryReplayStore, type ReplayStore } from './replay-store.ts'
import { type Proof, proofAlgorithms, verifyProof } from './verify-proof.ts'

/** Where proofs are for, how old they may be, and what is remembered of them. */
export interface DPoPOptions {
  /**
   * The address by which clients reach this server, such as `https://api.example.com`, with a path where a proxy takes
   * one away. What requests say in Host does not count.
   */
  origin: string | URL
  /** Which proofs were used before. Default: the memory of this process. */
  replays?: ReplayStore
  /** Asks for proofs with a nonce of ours. Default: none. */
  nonces?: NonceSource
  /** Accepted signature algorithms. Default: those that Latchkey accepts. */
  algorithms?: readonly string[]
  /** How old a proof may be. Default 60. */
  maxAgeSeconds?: number
  /** How far a client's clock may be ahead or behind. Default 10. */
  clockToleranceSeconds?: number
  now?: () => Date
}

export interface BoundRequest {
  readonly method: string
  /** The path of the request as this server sees it; an absolute URL counts with its path. */
  readonly target: string
  /** Every DPoP header. */
  readonly proofs: readonly string[]
  readonly accessToken: string
  /** `cnf.jkt` of the access token. */
  readonly thumbprint: string
}

/** Checks the proofs of bound tokens, for the option `dpop` of a guard. */
export interface DPoP {
  readonly algorithms: readonly string[]
  /**
   * @returns the nonce that the client should use from now on, where that is another one
   * @throws ProofError, TokenError where the key is another one, UnavailableError where replay can not be told
   */
  check(request: BoundRequest): Promise<{ nonce: string | undefined }>
}

const onlyOne = (proofs: readonly string[]): string => {
  const [proof, ...others] = proofs
  if (proof === undefined || proof === '') throw new ProofError('missing')
  if (others.length > 0) throw new ProofError('several')
  return proof
}

/** @throws TypeError where `origin` is no http(s) URL */
export const createDPoP = (options: DPoPOptions): DPoP => {
  const base = new URL(options.origin)
  if (!/^https?:$/.test(base.protocol)) throw new TypeError('The origin must be an http or https URL')
  const prefix = base.origin + base.pathname.replace(/\/$/, '')
  const now = options.now ?? (() => new Date())
  const algorithms = options.algorithms ?? proofAlgorithms
  const replays = options.replays ?? createMemoryReplayStore({ now })
  const rules = {
    algorithms,
    maxAgeSeconds: options.maxAgeSeconds,
    clockToleranceSeconds: options.clockToleranceSeconds,
  }

  const addressOf = (target: string) =>
    prefix + (target.startsWith('/') ? target : (URL.parse(target)?.pathname ?? ''))

  const newNonce = async (used: string | undefined): Promise<string | undefined> => {
    if (options.nonces === undefined) return undefined
    const current = await options.nonces.current()
    if (used === undefined || !(await options.nonces.isGood(used)))
      throw new ProofError('nonce', { nonce: current })
    return used === current ? undefined : current
  }

  const rememberOnce = async ({ thumbprint, jti, expiresAt }: Proof) => {
    let isFirst: boolean
    try {
      isFirst = await replays.remember(`${thumbprint}:${jti}`, expiresAt)
    } catch (cause) {
      throw new UnavailableError('replays_unavailable', { cause })
    }
    if (!isFirst) throw new ProofError('replayed')
  }

  return {
    algorithms,
    check: async ({ method, target, proofs, accessToken, thumbprint }) => {
      const request = { method, url: addressOf(target), accessToken }
      const proof = await verifyProof(onlyOne(proofs), request, { ...rules, now: now() })
      if (proof.thumbprint !== thumbprint) throw new TokenError('binding')
      const nonce = await newNonce(proof.nonce)
      await rememberOnce(proof)
      return { nonce }
    },
  }
}
