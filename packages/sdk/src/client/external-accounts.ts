/** The accounts at providers that the signed-in user comes in by. One more is linked at the page `/account/providers`. */
import type { ClientApi } from './client-api.ts'

export interface ExternalAccount {
  readonly id: string
  /** The name of the provider. */
  readonly provider: string
  /** As the provider said last; null where it says none. */
  readonly email: string | null
  /** RFC 3339. */
  readonly linked_at: string
  /** RFC 3339. */
  readonly last_used_at: string
}

const base = '/auth/external-accounts'

export const createExternalAccountCalls = ({ sendSignedIn }: ClientApi) => ({
  list: async (): Promise<readonly ExternalAccount[]> =>
    (
      await sendSignedIn<{ readonly external_accounts: readonly ExternalAccount[] }>({
        method: 'GET',
        path: base,
      })
    ).external_accounts,

  /** Ends the other sessions. @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `NOT_FOUND`, `LAST_WAY_IN` */
  unlink: async (id: string): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: `${base}/${encodeURIComponent(id)}` })
  },
})
