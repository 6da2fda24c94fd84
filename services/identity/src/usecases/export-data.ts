/**
 * All that there is about a user, for themselves: what they said, how they sign in, where they are and were signed in and
 * what was unusual about it, the addresses that they are known at, and which applications act for them. No hash, key or
 * token of theirs is in it.
 * @see GDPR Articles 15 and 20
 */
import type { ConnectedApp } from '../domain/connected-app.ts'
import type { UserId } from '../domain/ids.ts'
import type { AddressPage, KnownAddress } from '../domain/known-address.ts'
import type { ListedSession } from '../domain/listed-session.ts'
import type { Termination, TerminationPage } from '../domain/termination.ts'
import type { User } from '../domain/user.ts'
import type { GetProfile } from './get-profile.ts'

export interface ExportDataDeps {
  readonly getProfile: GetProfile
  readonly sessions: {
    list(userId: UserId): Promise<readonly ListedSession[]>
    listTerminations(page: TerminationPage): Promise<readonly Termination[]>
    listKnownAddresses(page: AddressPage): Promise<readonly KnownAddress[]>
  }
  readonly connectedApps: { list(userId: UserId, locale: string): Promise<readonly ConnectedApp[]> }
  readonly personalData: {
    /** By kind, each a list of what is kept. */
    collect(userId: UserId): Promise<Readonly<Record<string, readonly object[]>>>
  }
  readonly now: () => Date
}

export interface ExportedData {
  readonly at: Date
  readonly user: User
  readonly sessions: readonly ListedSession[]
  readonly endedSessions: readonly Termination[]
  readonly knownAddresses: readonly KnownAddress[]
  readonly connectedApps: readonly ConnectedApp[]
  readonly kept: Readonly<Record<string, readonly object[]>>
}

/** The session service gives no more at a time. */
const pageSize = 500

/** Page by page, each asked for by the last item of the one before. */
const listAll = async <Item>(
  listAfter: (last: Item | undefined) => Promise<readonly Item[]>,
): Promise<readonly Item[]> => {
  const all: Item[] = []
  for (;;) {
    const page = await listAfter(all.at(-1))
    all.push(...page)
    if (page.length < pageSize) return all
  }
}

/** Undefined for who is gone or disabled. @throws what a store or service failed with: half an answer would be a wrong one */
export const createExportData =
  ({ getProfile, sessions, connectedApps, personalData, now }: ExportDataDeps) =>
  async (userId: UserId, locale: string): Promise<ExportedData | undefined> => {
    const user = await getProfile(userId)
    if (user === undefined) return undefined
    const [ownSessions, endedSessions, knownAddresses, apps, kept] = await Promise.all([
      sessions.list(userId),
      listAll<Termination>(before => sessions.listTerminations({ userId, before, limit: pageSize })),
      listAll<KnownAddress>(last =>
        sessions.listKnownAddresses({ userId, after: last?.address, limit: pageSize }),
      ),
      connectedApps.list(userId, locale),
      personalData.collect(userId),
    ])
    return {
      at: now(),
      user,
      sessions: ownSessions,
      endedSessions,
      knownAddresses,
      connectedApps: apps,
      kept,
    }
  }

export type ExportData = ReturnType<typeof createExportData>
