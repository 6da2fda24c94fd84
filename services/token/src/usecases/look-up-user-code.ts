/**
 * Somebody types a user code. A right one begins a flow in their browser; wrong ones are counted for the address, the
 * browser and the account that they come from, before they are looked at. @see RFC 8628 §3.3, §5.1
 */
import type { KeyObject } from 'node:crypto'
import { type AuthorizationParameters, flowTtlSeconds } from '../domain/authorization-flow.ts'
import type { PendingDevice } from '../domain/device-authorization.ts'
import { deviceFlowParameters } from '../domain/device-flow.ts'
import { type GuessDecision, type Guesser, guessersOf } from '../domain/guess-limit.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import { hashUserCode, parseUserCode } from '../domain/user-code.ts'
import type { FindBrowserSession } from './find-browser-session.ts'

export interface LookUpUserCodeInput {
  readonly typed: string
  readonly ipAddress: string
  readonly rawBrowser: string
  readonly rawSession: string | undefined
}

export type LookedUpUserCode =
  /** The flow that goes on with it. */
  | { readonly outcome: 'found'; readonly handle: string }
  /** Wrong, over, or decided on: who guesses learns no more. */
  | { readonly outcome: 'unknown' }
  | Extract<GuessDecision, { outcome: 'refused' }>

export interface LookUpUserCodeDeps {
  readonly guesses: {
    take(guessers: readonly Guesser[]): Promise<GuessDecision>
  }
  readonly devices: { findByUserCode(hashes: readonly Buffer[]): Promise<PendingDevice | undefined> }
  readonly flows: {
    begin(flow: {
      handleHash: Buffer
      browserHash: Buffer
      clientId: ClientId
      parameters: AuthorizationParameters
      ttlSeconds: number
    }): Promise<void>
  }
  readonly findBrowserSession: FindBrowserSession
  /** Of one browser or account; an address may be several people. */
  readonly maxFailures: number
  /** The first is today's; the others were before a change of the key encryption key. */
  readonly userCodeKeys: readonly KeyObject[]
  /** 256 random bits as text. */
  readonly createToken: () => string
}

export const createLookUpUserCode = (deps: LookUpUserCodeDeps) => {
  const { guesses, devices, flows, findBrowserSession, maxFailures, userCodeKeys, createToken } = deps

  const findGuessers = async ({ ipAddress, rawBrowser, rawSession }: LookUpUserCodeInput) => {
    const found = await findBrowserSession(rawSession)
    const browser = hashSecret(rawBrowser).toString('base64url')
    const user = found.outcome === 'signed_in' ? found.session.subject : undefined
    return guessersOf({ ipAddress, browser, user }, maxFailures)
  }

  return async (input: LookUpUserCodeInput): Promise<LookedUpUserCode> => {
    const decision = await guesses.take(await findGuessers(input))
    if (decision.outcome === 'refused') return decision

    const userCode = parseUserCode(input.typed)
    if (userCode === undefined) return { outcome: 'unknown' }
    const device = await devices.findByUserCode(userCodeKeys.map(key => hashUserCode(key, userCode)))
    if (device === undefined) return { outcome: 'unknown' }

    await decision.giveBack()
    const handle = createToken()
    await flows.begin({
      handleHash: hashSecret(handle),
      browserHash: hashSecret(input.rawBrowser),
      clientId: device.clientId,
      parameters: deviceFlowParameters(handle, userCode),
      ttlSeconds: flowTtlSeconds,
    })
    return { outcome: 'found', handle }
  }
}

export type LookUpUserCode = ReturnType<typeof createLookUpUserCode>
