/** Asks whether a human check was met: the `siteverify` that Turnstile, hCaptcha and reCAPTCHA have in common. */
import type { OutboundFetch } from '@latchkey/runtime/outbound'
import { z } from 'zod'
import { HumanCheckUnavailable } from '../errors.ts'

export interface HumanChecksDeps {
  /** Bounded in time. */
  readonly fetch: OutboundFetch
  readonly url: string
  readonly secret: string
}

const answer = z.object({ success: z.boolean() })

export const createVerifyHumanCheck =
  ({ fetch, url, secret }: HumanChecksDeps) =>
  async (token: string, ipAddress: string): Promise<boolean> => {
    try {
      const { status, body } = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ secret, response: token, remoteip: ipAddress }).toString(),
      })
      if (status !== 200) throw new Error(`the challenge was answered with status ${status}`)
      return answer.parse(JSON.parse(body.toString('utf8'))).success
    } catch (cause) {
      throw new HumanCheckUnavailable({ cause })
    }
  }
