/**
 * Signing keys in Postgres. All instants are the database's, so that replicas whose clocks differ agree on which key
 * signs. Of many replicas that want to add the next key at once, the unique generation lets one.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type pg from 'pg'
import type { Succession } from '../domain/key-schedule.ts'
import { isSigningAlgorithm } from '../keys/signing-algorithm.ts'
import type { KeyMaterial, SigningKey } from '../keys/signing-key.ts'
import type { KeySealer } from './sealed-private-key.ts'

export interface SigningKeySet {
  /** In the order of their generations. */
  readonly keys: readonly SigningKey[]
  /** The database's clock when they were read. */
  readonly readAt: Date
}

interface SigningKeyRow {
  readonly kid: string
  readonly generation: number
  readonly algorithm: string
  readonly publicJwk: JWK
  readonly sealedPrivateKey: Buffer<ArrayBuffer>
  readonly sealingKeyId: string
  readonly publishedAt: Date
  readonly signsAt: Date
  readonly retiresAt: Date | null
  readonly deletesAt: Date | null
}

const listKeys = `
  select kid, generation, algorithm, public_jwk as "publicJwk", sealed_private_key as "sealedPrivateKey",
         sealing_key_id as "sealingKeyId", published_at as "publishedAt", signs_at as "signsAt",
         retires_at as "retiresAt", deletes_at as "deletesAt"
    from signing_keys order by generation`

const updateSealed = `
  update signing_keys set sealed_private_key = $3, sealing_key_id = $4 where kid = $1 and sealing_key_id = $2`

/** The first keys of an installation; where another replica was first, its first generation keeps all of these out. */
const insertFirst = `
  insert into signing_keys (kid, generation, algorithm, public_jwk, sealed_private_key, sealing_key_id,
                            published_at, signs_at)
  select kid, generation, algorithm, public_jwk::jsonb, sealed_private_key, sealing_key_id, now(), now()
    from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[])
         with ordinality as first (kid, algorithm, public_jwk, sealed_private_key, sealing_key_id, generation)
   where not exists (select from signing_keys)
  on conflict (generation) do nothing`

/** The new key takes over from every key of its algorithm that nothing had succeeded yet. */
const insertSuccessor = `
  with successor as (
    insert into signing_keys (kid, generation, algorithm, public_jwk, sealed_private_key, sealing_key_id,
                              published_at, signs_at)
    values ($1, $2, $3, $4, $5, $6, now(), now() + make_interval(secs => $7))
    on conflict (generation) do nothing
    returning generation, algorithm, signs_at
  ), retired as (
    update signing_keys k
       set retires_at = s.signs_at, deletes_at = s.signs_at + make_interval(secs => $8)
      from successor s
     where k.algorithm = s.algorithm and k.generation < s.generation and k.retires_at is null
  )
  select generation from successor`

export interface SigningKeysDeps {
  readonly pool: pg.Pool
  readonly sealer: KeySealer
}

export const createSigningKeys = ({ pool, sealer }: SigningKeysDeps) => {
  // One handle for each key, so that what is derived from it (an imported CryptoKey) is derived once.
  const handles = new Map<string, KeyObject>()

  const openPrivateKey = async (row: SigningKeyRow): Promise<KeyObject> => {
    // Opened once: a replica that starts with a newer key encryption key must not disturb those that still run.
    const known = handles.get(row.kid)
    if (known !== undefined) return known
    const sealedKey = { sealed: row.sealedPrivateKey, sealingKeyId: row.sealingKeyId }
    const der = sealer.open(row.kid, sealedKey)
    const handle = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    handles.set(row.kid, handle)
    if (!sealer.isCurrent(sealedKey)) {
      const { sealed, sealingKeyId } = sealer.seal(row.kid, der)
      await pool.query(updateSealed, [row.kid, row.sealingKeyId, sealed, sealingKeyId])
    }
    return handle
  }

  const toSigningKey = async (row: SigningKeyRow): Promise<SigningKey> => {
    const { kid, generation, algorithm, publishedAt, signsAt, retiresAt, deletesAt } = row
    if (!isSigningAlgorithm(algorithm))
      throw new Error(`The signing key ${kid} is for ${algorithm}, which is not known`)
    return {
      kid,
      generation,
      algorithm,
      publicJwk: row.publicJwk,
      privateKey: await openPrivateKey(row),
      publishedAt,
      signsAt,
      ...(retiresAt === null ? {} : { retiresAt }),
      ...(deletesAt === null ? {} : { deletesAt }),
    }
  }

  const seal = ({ kid, algorithm, publicJwk, privateKey }: KeyMaterial) => ({
    kid,
    algorithm,
    publicJwk: JSON.stringify(publicJwk),
    ...sealer.seal(kid, privateKey.export({ format: 'der', type: 'pkcs8' })),
  })

  return {
    /** @throws KeyEncryptionError where a private key cannot be opened */
    list: async (): Promise<SigningKeySet> => {
      const { rows } = await pool.query<SigningKeyRow>(listKeys)
      const clock = await pool.query<{ now: Date }>('select now() as now')
      const readAt = clock.rows[0]?.now ?? new Date()
      return { keys: await Promise.all(rows.map(toSigningKey)), readAt }
    },

    /** Adds the first keys, in the order of their generations, or none. @returns false where there are keys already */
    begin: async (materials: readonly KeyMaterial[]): Promise<boolean> => {
      const rows = materials.map(seal)
      const { rowCount } = await pool.query(insertFirst, [
        rows.map(row => row.kid),
        rows.map(row => row.algorithm),
        rows.map(row => row.publicJwk),
        rows.map(row => row.sealed),
        rows.map(row => row.sealingKeyId),
      ])
      return rowCount === materials.length
    },

    /** @returns false where another replica has added a key after that generation */
    addSuccessor: async (
      material: KeyMaterial,
      { after, publishSeconds, keepSeconds }: Succession,
    ): Promise<boolean> => {
      const { kid, algorithm, publicJwk, sealed, sealingKeyId } = seal(material)
      const { rowCount } = await pool.query(insertSuccessor, [
        kid,
        after + 1,
        algorithm,
        publicJwk,
        sealed,
        sealingKeyId,
        publishSeconds,
        keepSeconds,
      ])
      return rowCount === 1
    },

    /** Removes the keys whose last token has expired. */
    removeDeleted: async (): Promise<number> => {
      const { rowCount } = await pool.query('delete from signing_keys where deletes_at <= now()')
      return rowCount ?? 0
    },
  }
}

export type SigningKeys = ReturnType<typeof createSigningKeys>
