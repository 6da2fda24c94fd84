/**
 * Clients, as the hot path reads them: kept in the process for a few seconds, and forgotten at once when a replica says
 * that one has changed. Unknown ids are kept too, a little, so that guessing costs no query each.
 */
import type { Client, ClientOrigin } from '../domain/client.ts'
import { clientMetadataSchema, fromDocument } from '../domain/client-metadata.ts'
import type { ClientId } from '../domain/ids.ts'
import type { Prisma } from './prisma.ts'

// Without the message of a change, which Redis may lose, no replica believes an old state for longer than that.
const keptMs = 5_000
const maxKept = 10_000

export interface ClientsDeps {
  readonly prisma: Prisma
  readonly now: () => Date
}

const readWith = { include: { secrets: { orderBy: { createdAt: 'desc' } } } } as const

export type ClientRow = NonNullable<Awaited<ReturnType<Prisma['client']['findUnique']>>> & {
  readonly secrets: readonly {
    readonly secretHash: Uint8Array
    readonly createdAt: Date
    readonly expiresAt: Date | null
  }[]
}

export const toClient = (row: ClientRow): Client => ({
  id: row.id as ClientId,
  name: row.name,
  type: row.type === 'public' ? 'public' : 'confidential',
  isActive: row.active,
  origin: row.origin as ClientOrigin,
  secrets: row.secrets.map(({ secretHash, createdAt, expiresAt }) => ({
    hash: Buffer.from(secretHash),
    createdAt,
    ...(expiresAt === null ? {} : { expiresAt }),
  })),
  metadata: fromDocument(clientMetadataSchema.parse(row.metadata)),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  ...(row.tokensEndedAt === null ? {} : { tokensEndedAt: row.tokensEndedAt }),
})

/** Postgres takes no NUL; and a guess of any length must not be kept. */
const isPossible = (id: string): boolean => id.length <= 256 && !id.includes('\0')

export const createClients = ({ prisma, now }: ClientsDeps) => {
  const kept = new Map<string, { readonly client: Promise<Client | undefined>; readonly untilMs: number }>()

  const read = async (id: string): Promise<Client | undefined> => {
    const row = await prisma.client.findUnique({ where: { id }, ...readWith })
    return row === null ? undefined : toClient(row)
  }

  return {
    /** Inactive ones too. Undefined for an unknown id. */
    find: (id: string): Promise<Client | undefined> => {
      if (!isPossible(id)) return Promise.resolve(undefined)
      const known = kept.get(id)
      if (known !== undefined && known.untilMs > now().getTime()) return known.client
      const client = read(id)
      if (kept.size >= maxKept) kept.clear()
      kept.set(id, { client, untilMs: now().getTime() + keptMs })
      client.catch(() => kept.delete(id))
      return client
    },
    /** Reads it anew the next time. */
    forget: (id: string): void => {
      kept.delete(id)
    },
  }
}

export type Clients = ReturnType<typeof createClients>
