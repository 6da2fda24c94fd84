/** The system that people come from, asked whether a password is right there. It answers once for each of them. */
import { OutboundError, type OutboundFetch } from '@latchkey/runtime/outbound'
import { z } from 'zod'
import { type EmailKey, emailKeyOf, parseEmailAddress } from '../domain/email-address.ts'
import type { AskLegacyLogin, LegacyUser } from '../domain/legacy-user.ts'
import { emptyMetadata, parseUserMetadata } from '../domain/user-metadata.ts'
import { parseUserName } from '../domain/user-name.ts'
import { LegacyUnavailable } from '../errors.ts'

export interface LegacyLoginDeps {
  /** Bounded in time. */
  readonly fetch: OutboundFetch
  readonly url: string
  readonly secret: string | undefined
}

const answer = z.object({
  email: z.string(),
  email_verified: z.boolean().default(false),
  name: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

// More at once would only make it slower for all, and hold memory for whoever sends them.
const mostAtOnce = 32

const refusals = [401, 403, 404]

const toUser = (json: unknown, emailKey: EmailKey): LegacyUser => {
  const { email, email_verified, name, metadata } = answer.parse(json)
  const address = parseEmailAddress(email)
  // Whoever it speaks of, it is not who was asked for.
  if (address.outcome === 'refused' || emailKeyOf(address.value) !== emailKey)
    throw new Error('the answer is of another address')
  const [checkedName, checkedMetadata] = [parseUserName(name ?? ''), parseUserMetadata(metadata ?? {})]
  return {
    email: address.value,
    isEmailVerified: email_verified,
    name: checkedName.outcome === 'accepted' ? checkedName.value : undefined,
    metadata: checkedMetadata.outcome === 'accepted' ? checkedMetadata.value : emptyMetadata,
  }
}

export const createLegacyLogin = ({ fetch, url, secret }: LegacyLoginDeps): AskLegacyLogin => {
  let asking = 0

  const ask: AskLegacyLogin = async (emailKey, password) => {
    const { status, body } = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      },
      body: JSON.stringify({ email: emailKey, password }),
    })
    if (refusals.includes(status)) return undefined
    if (status !== 200) throw new Error(`the legacy login answered ${status}`)
    return toUser(JSON.parse(body.toString('utf8')), emailKey)
  }

  return async (emailKey, password) => {
    if (asking >= mostAtOnce) throw new LegacyUnavailable('too_many_at_once')
    asking += 1
    try {
      return await ask(emailKey, password)
    } catch (cause) {
      throw new LegacyUnavailable(cause instanceof OutboundError ? cause.reason : 'bad_answer', { cause })
    } finally {
      asking -= 1
    }
  }
}
