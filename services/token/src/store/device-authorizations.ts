/**
 * Devices that wait to be let in. Neither of their codes is here: of the device code SHA-256, of the user code an HMAC.
 * Every race is settled by the lock on the row: who decides first, and which of many polls gets the grant.
 */
import type pg from 'pg'
import {
  type DevicePoll,
  type NewDeviceAuthorization,
  type PendingDevice,
  slowDownSeconds,
} from '../domain/device-authorization.ts'
import { fromGrantDocument, type Grant, type GrantDocument } from '../domain/grant.ts'
import type { ClientId } from '../domain/ids.ts'

const startStatement = `
  insert into device_authorizations
    (device_code_hash, user_code_hash, client_id, scope, resources, dpop_jkt, organization, interval_seconds, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
  on conflict (user_code_hash) do nothing`

const pendingColumns = 'device_code_hash, client_id, scope, resources, dpop_jkt, organization'
const isPending = `status = 'pending' and expires_at > now()`

const findByUserCodeStatement = `
  select ${pendingColumns} from device_authorizations where user_code_hash = any($1) and ${isPending}`

const findByDeviceCodeStatement = `
  select ${pendingColumns} from device_authorizations where device_code_hash = $1 and ${isPending}`

/** Who lets a device in has signed in to its client, and the client is told when the session ends. */
const approveStatement = `
  with approved as (
    update device_authorizations set status = 'approved', grant_id = $2, "grant" = $3
     where device_code_hash = $1 and ${isPending}
    returning client_id
  ), noted as (
    insert into client_sessions (session_id, client_id, subject, ends_at) select $4, client_id, $5, $6 from approved
    on conflict (session_id, client_id) do nothing
  )
  select 1 from approved`

const denyStatement = `
  update device_authorizations set status = 'denied' where device_code_hash = $1 and ${isPending}`

// Polls come over networks: one that set out in time may come this much too early.
const toleranceSeconds = 0.5

// Who is told to slow down again and again does not listen, and one that begins to is not kept waiting for ever.
const longestIntervalSeconds = 60

/*
 * A waiting statement judges the row as the one before it left it: FOR UPDATE reads the locked row anew. now() may be
 * a little older than last_polled_at then, which is too early all the same.
 */
const pollStatement = `
  with locked as materialized (
    select * from device_authorizations where device_code_hash = $1 and client_id = $2 for update
  ), judged as materialized (
    select *, case
        when status = 'redeemed' then 'used'
        when expires_at <= now() then 'expired'
        when status = 'approved' then 'redeemed'
        when status = 'denied' then 'denied'
        when now() < last_polled_at + make_interval(secs => interval_seconds - $3::float8) then 'slow_down'
        else 'pending'
      end as outcome
    from locked
  ), noted as (
    update device_authorizations d
       set last_polled_at = now(),
           status = case when j.outcome = 'redeemed' then 'redeemed' else d.status end,
           interval_seconds = case when j.outcome = 'slow_down'
             then greatest(d.interval_seconds, least(d.interval_seconds + $4::int, $5::int))
             else d.interval_seconds end
      from judged j
     where d.device_code_hash = j.device_code_hash and j.outcome in ('redeemed', 'slow_down', 'pending')
  )
  select outcome, "grant" from judged`

interface PendingRow {
  device_code_hash: Buffer
  client_id: ClientId
  scope: string
  resources: string[]
  dpop_jkt: string | null
  organization: string | null
}

interface PollRow {
  outcome: Exclude<DevicePoll['outcome'], 'unknown'>
  grant: GrantDocument | null
}

const toPending = (row: PendingRow | undefined): PendingDevice | undefined =>
  row && {
    deviceCodeHash: row.device_code_hash,
    clientId: row.client_id,
    scope: row.scope,
    resources: row.resources,
    ...(row.dpop_jkt === null ? {} : { dpopJkt: row.dpop_jkt }),
    ...(row.organization === null ? {} : { organization: row.organization }),
  }

const toPoll = (row: PollRow | undefined): DevicePoll => {
  if (row === undefined) return { outcome: 'unknown' }
  const { outcome, grant } = row
  if (outcome !== 'redeemed' && outcome !== 'used') return { outcome }
  if (grant === null) throw new Error('A device was let in without a grant')
  return { outcome, grant: fromGrantDocument(grant) }
}

export const createDeviceAuthorizations = ({ pool }: { pool: pg.Pool }) => ({
  /** False where another device has that user code: draw another. */
  start: async (device: NewDeviceAuthorization): Promise<boolean> => {
    const { deviceCodeHash, userCodeHash, clientId, scope, resources, dpopJkt, organization } = device
    const values = [deviceCodeHash, userCodeHash, clientId, scope, resources, dpopJkt, organization]
    const { rowCount } = await pool.query({
      name: 'start-device',
      text: startStatement,
      values: [...values, device.intervalSeconds, device.ttlSeconds],
    })
    return rowCount === 1
  },

  /** @param hashes of one user code, under each key that may have been used */
  findByUserCode: async (hashes: readonly Buffer[]): Promise<PendingDevice | undefined> =>
    toPending((await pool.query<PendingRow>(findByUserCodeStatement, [hashes])).rows[0]),

  /** Undefined for one that is unknown, over, or decided. */
  findPending: async (deviceCodeHash: Buffer): Promise<PendingDevice | undefined> =>
    toPending((await pool.query<PendingRow>(findByDeviceCodeStatement, [deviceCodeHash])).rows[0]),

  /** False where it is over, or somebody has decided before. */
  approve: async (deviceCodeHash: Buffer, grant: Grant, sessionEndsAt: Date): Promise<boolean> => {
    const { id, sessionId, subject } = grant
    const values = [deviceCodeHash, id, JSON.stringify(grant), sessionId, subject, sessionEndsAt]
    return (await pool.query(approveStatement, values)).rowCount === 1
  },

  /** The same. */
  deny: async (deviceCodeHash: Buffer): Promise<boolean> =>
    (await pool.query(denyStatement, [deviceCodeHash])).rowCount === 1,

  /** One poll, which counts: of any number of parallel ones, one redeems. Another client's device is unknown. */
  poll: async (deviceCodeHash: Buffer, clientId: ClientId): Promise<DevicePoll> => {
    const { rows } = await pool.query<PollRow>({
      name: 'poll-device',
      text: pollStatement,
      values: [deviceCodeHash, clientId, toleranceSeconds, slowDownSeconds, longestIntervalSeconds],
    })
    return toPoll(rows[0])
  },
})
