/** What a provider of human checks answers, as Turnstile does: the token `good` is good. */
import type { Answering } from './elsewhere.ts'

export const acceptGoodToken: Answering = ({ body }) => ({
  status: 200,
  body: JSON.stringify({ success: new URLSearchParams(body).get('response') === 'good' }),
})
