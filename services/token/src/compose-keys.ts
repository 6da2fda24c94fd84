/** What signs: keys in Postgres, the ring in memory, rotation, and the word of it to the other replicas. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { createRedis } from '@latchkey/runtime/redis'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createAccessTokenSigner } from './keys/access-token-signer.ts'
import { createIdTokenSigner } from './keys/id-token-signer.ts'
import { createKeyMaintenance } from './keys/key-maintenance.ts'
import { createKeyring } from './keys/keyring.ts'
import { createResponseSigner } from './keys/response-signer.ts'
import { createKeyChanges } from './store/key-changes.ts'
import { createKeySealer } from './store/sealed-private-key.ts'
import { createSigningKeys } from './store/signing-keys.ts'
import { createBeginSigningKeys } from './usecases/begin-signing-keys.ts'
import { createRotateSigningKey } from './usecases/rotate-signing-key.ts'

const pollMs = 5_000

// What a client's own setting can give its tokens at most (domain/client-metadata.ts).
const longestTokenSeconds = 86_400

// Replicas and verifiers whose clocks differ, and replicas that change over a poll late.
const skewSeconds = 300

export interface KeysInit {
  readonly settings: TokenSettings
  readonly stores: Pick<Stores, 'pool' | 'redis'>
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

/** @throws KeyEncryptionError where the configured keys don't open the signing keys */
export const composeKeys = async ({ settings, stores, logger, closing, now }: KeysInit) => {
  const { pool, redis } = stores
  const sealer = createKeySealer({
    current: settings.KEY_ENCRYPTION_KEY,
    old: settings.KEY_ENCRYPTION_KEYS_OLD,
  })
  const keys = createSigningKeys({ pool, sealer })
  const keyring = createKeyring({ keys, now })

  const subscriber = createRedis({
    url: settings.REDIS_URL,
    name: 'token-keys',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('key changes', () => subscriber.disconnect())
  const changes = createKeyChanges({ redis, subscriber, logger })

  const publishSeconds = settings.KEY_PUBLISH_SECONDS
  const rotate = createRotateSigningKey({
    keys,
    periods: { publishSeconds, keepSeconds: longestTokenSeconds + skewSeconds },
    announce: changes.announce,
  })
  const maintenance = createKeyMaintenance({
    keyring,
    keys,
    begin: createBeginSigningKeys({ keys, announce: changes.announce }),
    rotate,
    policy: { publishSeconds, rotationDays: settings.SIGNING_KEY_ROTATION_DAYS },
    pollMs,
    logger,
  })
  changes.listen(() => void maintenance.refresh())
  await maintenance.start()
  closing.add('key maintenance', () => maintenance.close())

  const issuer = settings.PUBLIC_URL
  return {
    keyring,
    signAccessToken: createAccessTokenSigner({
      keyring,
      algorithm: settings.ACCESS_TOKEN_ALG,
      policy: { issuer, ttlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS },
      now,
    }),
    signIdToken: createIdTokenSigner({ keyring, issuer, now }),
    signResponse: createResponseSigner({ keyring, issuer }),
  }
}

export type Keys = Awaited<ReturnType<typeof composeKeys>>
