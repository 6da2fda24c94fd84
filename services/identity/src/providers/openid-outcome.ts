/** Between `openid-client` and us: our way to fetch, and what its errors mean. */
import type { CustomFetch } from 'openid-client'
import type { ProviderAnswer } from '../domain/provider.ts'
import { failureBehind, ProviderFailure } from './provider-failure.ts'
import type { ProviderFetch } from './provider-fetch.ts'

export type OpenIdLibrary = typeof import('openid-client')

const textOf = (body: unknown): string | undefined =>
  body === undefined || body === null ? undefined : String(body)

export const toLibraryFetch =
  (fetch: ProviderFetch): CustomFetch =>
  async (url, { method, headers, body }) => {
    const text = textOf(body)
    const answer = await fetch(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      ...(text === undefined ? {} : { body: text }),
    })
    const answered = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    )
    return new Response(answer.status === 204 ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answered,
    })
  }

/** Without the library's own errors: they hold what the provider said of the user. */
export const toFailure = (provider: string, error: unknown, library: OpenIdLibrary): ProviderFailure => {
  const failure = failureBehind(error)
  if (failure !== undefined) return failure
  if (error instanceof library.ResponseBodyError)
    return new ProviderFailure(provider, 'settings', `answered ${error.status} ${error.error}`)
  if (error instanceof library.WWWAuthenticateChallengeError)
    return new ProviderFailure(provider, 'settings', `answered ${error.status}`)
  return new ProviderFailure(provider, 'answer', error instanceof Error ? error.message : 'no error')
}

/** What a user, or whoever plays one, can bring about is an outcome. @throws ProviderFailure for all else */
export const toOutcome = (
  provider: string,
  error: unknown,
  library: OpenIdLibrary,
): Exclude<ProviderAnswer, { outcome: 'identified' }> => {
  if (error instanceof library.AuthorizationResponseError) return { outcome: 'denied' }
  if (error instanceof library.ResponseBodyError && error.error === 'invalid_grant')
    return { outcome: 'code_refused' }
  throw toFailure(provider, error, library)
}
