/** What the process of the demo provider is told by the launcher. */
export interface DemoSetup {
  readonly issuer: string
  /** Latchkey, as the provider knows it. */
  readonly client: { readonly id: string; readonly secret: string; readonly redirectUri: string }
}

/** Who the page of the provider proposes. */
export const upstreamUser = { email: 'upstream@example.com', name: 'Upstream User' } as const
