import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { UserId } from '../src/domain/ids.ts'
import { createPersonalData } from '../src/store/personal-data.ts'
import { createUserAdministration } from '../src/store/user-administration.ts'
import { createUsers } from '../src/store/users.ts'
import { createIdentityDatabase, type IdentityDatabase } from './identity-database.ts'

let database: IdentityDatabase
beforeAll(async () => {
  database = await createIdentityDatabase()
})
afterAll(() => database.drop())

/** In the order in which rows can be written. A new table about users belongs here, and a new one about none below. */
const aboutUsers = [
  'users',
  'password_credentials',
  'password_history',
  'password_resets',
  'not_me_links',
  'email_changes',
  'email_proofs',
  'pending_registrations',
  'asked_mails',
  'login_attempts',
  'known_devices',
  'authentications',
  'passkeys',
  'passkey_ceremonies',
  'totp_factors',
  'recovery_codes',
  'sign_in_challenges',
  'remembered_devices',
  'external_accounts',
  'social_journeys',
  'social_sign_ups',
  'user_roles',
  'organization_members',
  'organization_member_roles',
  'organization_invitations',
]
const aboutNobody = ['organizations', 'outbox', 'role_permissions', 'roles', '_prisma_migrations']

interface Column {
  readonly table_name: string
  readonly column_name: string
  readonly udt_name: string
}

const findColumns = async (): Promise<readonly Column[]> =>
  (
    await database.pool.query<Column>(
      'SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = current_schema()',
    )
  ).rows

const anyOf: Readonly<Record<string, () => unknown>> = {
  uuid: createUuid,
  timestamptz: () => new Date(),
  text: () => `planted-${createUuid()}`,
  _text: () => [],
  bytea: () => '\\x706c616e746564',
  jsonb: () => ({}),
  int4: () => 1,
  int8: () => 1,
  bool: () => false,
}

/** A row about them in every table, whatever its columns are. */
const plantSomebody = async () => {
  const id = createUuid<UserId>()
  const email = `${id}@example.com`
  const organization = createUuid()
  const [changeId, proofId, issuer, subject] = [
    createUuid(),
    createUuid(),
    'https://idp.example',
    createUuid(),
  ]
  await database.pool.query(
    `INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ($1, $2, 'Acme', now(), now())`,
    [organization, `acme-${organization}`],
  )
  const known: Readonly<Record<string, unknown>> = {
    'users.id': id,
    'email_changes.id': changeId,
    'email_proofs.id': proofId,
    'asked_mails.subject': id,
    user_id: id,
    link_user_id: id,
    email,
    email_key: email,
    recipient: email,
    change_id: changeId,
    proof_id: proofId,
    issuer,
    subject,
    organization_id: organization,
    role: 'owner',
  }
  const columns = await findColumns()
  for (const table of aboutUsers) {
    const row = columns
      .filter(({ table_name }) => table_name === table)
      .map(({ column_name, udt_name }) => [
        column_name,
        known[`${table}.${column_name}`] ?? known[column_name] ?? anyOf[udt_name]?.(),
      ])
    await database.pool.query(
      `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`,
      [JSON.stringify(Object.fromEntries(row))],
    )
  }
  return { id, email }
}

/** The tables that know of somebody, by their id or their address. */
const tablesThatKnow = async (...marks: readonly string[]): Promise<string[]> => {
  const found: string[] = []
  for (const table of aboutUsers) {
    const { rows } = await database.pool.query(
      `SELECT FROM ${table} t WHERE EXISTS (SELECT FROM unnest($1::text[]) mark WHERE strpos(t::text, mark) > 0)`,
      [marks],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

describe('GDPR Article 15: what is kept about a user', () => {
  it('is in tables that this test knows', async () => {
    const tables = new Set((await findColumns()).map(({ table_name }) => table_name))
    expect([...tables].sort()).toEqual([...aboutUsers, ...aboutNobody].sort())
  })

  it('is told to them, kind by kind, without what proves who they are', async () => {
    const { id } = await plantSomebody()
    const kept = await createPersonalData(database).collect(id)
    expect(Object.entries(kept).filter(([, rows]) => rows.length !== 1)).toEqual([])
    // `users` is the profile, a pending registration is told with its proof, roles within an organization with that.
    expect(Object.keys(kept)).toHaveLength(aboutUsers.length - 3)
    expect(Object.values(kept).flatMap(rows => rows.flatMap(row => Object.keys(row)))).not.toContainEqual(
      expect.stringMatching(/hash|secret|sealed|token|public_key|credential|subject/),
    )
  })

  it('is empty for a stranger', async () => {
    await plantSomebody()
    const kept = await createPersonalData(database).collect(createUuid<UserId>())
    expect(Object.values(kept).flat()).toEqual([])
  })
})

describe('GDPR Article 17: a deletion', () => {
  it.each([
    ['by the user', (id: UserId) => createUsers(database).delete(id, 1)],
    ['by an operator', (id: UserId) => createUserAdministration(database).delete(id)],
  ])('%s leaves nothing, but what counts mails for an hour', async (_who, remove) => {
    const [gone, other] = [await plantSomebody(), await plantSomebody()]
    expect(await tablesThatKnow(gone.id, gone.email)).toEqual(aboutUsers)
    expect(await remove(gone.id)).toBe(true)
    expect(await tablesThatKnow(gone.id, gone.email)).toEqual(['asked_mails'])
    expect(await tablesThatKnow(other.id, other.email)).toEqual(aboutUsers)
  })

  it('of who has changed their password in the meantime does nothing', async () => {
    const { id, email } = await plantSomebody()
    expect(await createUsers(database).delete(id, 2)).toBe(false)
    expect(await tablesThatKnow(id, email)).toEqual(aboutUsers)
  })
})
