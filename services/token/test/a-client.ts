/** A client in the table, as an operator would have made it. */
import { randomBytes, randomUUID } from 'node:crypto'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { z } from 'zod'
import type { ClientOrigin } from '../src/domain/client.ts'
import { clientMetadataSchema } from '../src/domain/client-metadata.ts'
import type { ClientId } from '../src/domain/ids.ts'
import type { TokenDatabase } from './token-database.ts'

export interface ClientInit {
  readonly id?: string
  readonly name?: string
  readonly type?: 'public' | 'confidential'
  readonly active?: boolean
  readonly origin?: ClientOrigin
  readonly rawSecret?: string
  /** In the words of RFC 7591. */
  readonly metadata?: z.input<typeof clientMetadataSchema>
}

export const redirectUri = 'https://app.example/cb'

/** @returns the raw secret too, which a public client has no use for */
export const aClient = async ({ prisma }: Pick<TokenDatabase, 'prisma'>, init: ClientInit = {}) => {
  const { id = `client-${randomUUID()}`, name = 'Shop', type = 'public', active = true } = init
  const rawSecret = init.rawSecret ?? randomBytes(32).toString('base64url')
  const metadata = clientMetadataSchema.parse({
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: type === 'public' ? 'none' : 'client_secret_basic',
    scope: 'openid profile email offline_access',
    ...init.metadata,
  })
  const secrets =
    type === 'public'
      ? {}
      : { secrets: { create: { id: createUuid(), secretHash: Buffer.from(sha256Hex(rawSecret), 'hex') } } }
  await prisma.client.create({
    data: {
      id,
      name,
      type,
      active,
      origin: init.origin ?? 'operator',
      metadata: JSON.parse(JSON.stringify(metadata)),
      ...secrets,
    },
  })
  return { id: id as ClientId, name, rawSecret }
}
