/** What the bench and its load process say to each other. */

/** An endless row of requests, each made when the one before is answered. */
export type Lane =
  | { readonly kind: 'get'; readonly path: string; readonly accessToken?: string }
  | { readonly kind: 'post'; readonly path: string; readonly body: Readonly<Record<string, string>> }
  /** Each request presents the token that the one before was answered with. */
  | { readonly kind: 'refresh'; readonly refreshToken: string }

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
