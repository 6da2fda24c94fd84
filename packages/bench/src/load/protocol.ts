/** What the bench and its load process say to each other. */

/** An endless row of requests, each made when the one before is answered. */
export type Lane =
  | { readonly kind: 'get'; readonly path: string; readonly accessToken?: string }
  | {
      readonly kind: 'post'
      readonly path: string
      readonly body: Readonly<Record<string, string>>
      readonly cookie?: string
    }
  | { readonly kind: 'form'; readonly path: string; readonly form: Form; readonly basic?: string }
  /** Somebody who tries a password for one address after the other; being refused is what they hope for least. */
  | { readonly kind: 'bad_login' }
  /** Each request presents the token that the one before was answered with. */
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  /** The same at the token endpoint, for a public client. */
  | {
      readonly kind: 'oauth_refresh'
      readonly path: string
      readonly clientId: string
      readonly refreshToken: string
    }
  /** A browser that is signed in: an authorization request, and its code exchanged for tokens. */
  | {
      readonly kind: 'code_flow'
      readonly authorizePath: string
      readonly tokenPath: string
      readonly clientId: string
      readonly redirectUri: string
      readonly cookie: string
    }

export type Form = Readonly<Record<string, string>>

export type LoadCommand =
  | { readonly command: 'prepare'; readonly origin: string; readonly lanes: readonly Lane[] }
  /** Until so much time has passed, or so many requests were made, whichever comes first. */
  | { readonly command: 'run'; readonly milliseconds: number; readonly operations?: number }

export interface LoadReport {
  readonly operations: number
  /** Answers that were not 2xx, with one of them for the eye. */
  readonly failures: number
  readonly firstFailure?: string
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** What the load itself cost, in CPU seconds. */
  readonly cpuSeconds: number
}

export type LoadAnswer =
  | { readonly answer: 'prepared' }
  | { readonly answer: 'ran'; readonly report: LoadReport }
