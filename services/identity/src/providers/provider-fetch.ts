/**
 * Requests to providers. What is busy (429) or fails on its side (5xx) is asked three times more, with growing pauses; all
 * requests of one journey share one deadline, which lies within what the gateway waits for us. Addresses of providers are
 * reached as those of clients are: public ones by https, others by setting.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { OutboundError, type OutboundFetch, type OutboundResponse } from '@latchkey/runtime/outbound'
import { ProviderFailure } from './provider-failure.ts'

export interface ProviderRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** @throws ProviderFailure `away` */
export type ProviderFetch = (url: string, request?: ProviderRequest) => Promise<OutboundResponse>

const retries = 3
const firstPauseMs = 200

const deadlines = new AsyncLocalStorage<number>()

/** The gateway gives an answer ten seconds by default. */
export const journeyMs = 8_000

/** Every request that `work` makes ends by then. */
export const withinJourney = <Result>(work: () => Promise<Result>): Promise<Result> =>
  deadlines.run(performance.now() + journeyMs, work)

const isBusy = ({ status, headers }: OutboundResponse): boolean =>
  // GitHub says 403 where a limit is spent.
  status === 429 || status >= 500 || (status === 403 && headers['x-ratelimit-remaining'] === '0')

const retryAfterSecondsOf = ({ headers }: OutboundResponse): number => {
  const seconds = Number(headers['retry-after'])
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, 3_600) : 0
}

type Asked =
  | { readonly outcome: 'answered'; readonly response: OutboundResponse }
  /** It may answer once it was left alone for so long. */
  | { readonly outcome: 'busy'; readonly failure: ProviderFailure; readonly waitMs: number }

export interface ProviderFetchInit {
  readonly provider: string
  readonly fetch: OutboundFetch
}

export const createProviderFetch = ({ provider, fetch }: ProviderFetchInit): ProviderFetch => {
  const away = (message: string, cause?: unknown, retryAfterSeconds = 5) =>
    new ProviderFailure(provider, 'away', message, { cause, retryAfterSeconds })

  const attempt = async (url: string, request: ProviderRequest, leftMs: number) => {
    const late = new AbortController()
    const tooLate = delay(Math.max(0, leftMs), undefined, { signal: late.signal }).then(() => {
      throw new OutboundError('timeout', 'The provider did not answer in time')
    })
    tooLate.catch(() => undefined)
    try {
      return await Promise.race([fetch(url, request), tooLate])
    } finally {
      late.abort()
    }
  }

  const ask = async (url: string, request: ProviderRequest, leftMs: number): Promise<Asked> => {
    try {
      const response = await attempt(url, request, leftMs)
      if (!isBusy(response)) return { outcome: 'answered', response }
      const retryAfterSeconds = retryAfterSecondsOf(response)
      const failure = away(`answered ${response.status}`, undefined, retryAfterSeconds || undefined)
      return { outcome: 'busy', failure, waitMs: retryAfterSeconds * 1_000 }
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error
      const { reason, message } = error
      if (reason !== 'unreachable' && reason !== 'timeout')
        throw new ProviderFailure(provider, reason === 'answer' ? 'answer' : 'settings', message, {
          cause: error,
        })
      const failure = away(message, error)
      // Who was sent a code may have taken it, and then knows it no more: only questions are asked again.
      if (request.method === 'POST') throw failure
      return { outcome: 'busy', failure, waitMs: 0 }
    }
  }

  return async (url, request = {}) => {
    const giveUpMs = deadlines.getStore() ?? performance.now() + journeyMs
    for (let retry = 0; ; retry += 1) {
      const asked = await ask(url, request, giveUpMs - performance.now())
      if (asked.outcome === 'answered') return asked.response
      const pauseMs = firstPauseMs * 2 ** retry * (0.75 + Math.random() / 2)
      const waitMs = Math.max(pauseMs, asked.waitMs)
      if (retry >= retries || performance.now() + waitMs >= giveUpMs) throw asked.failure
      await delay(waitMs)
    }
  }
}
