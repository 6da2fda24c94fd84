/** Exports of other systems. What has no place here goes to `metadata`, with the id that the user had there. */
import { z } from 'zod'
import { CommandFailed, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { type ImportEntry, instantOf, userOf } from './entry.ts'
import { readDocument, readJsonLines } from './json-lines.ts'

const text = z.string().nullish()
const flag = z.boolean().nullish()
const bag = z.record(z.string(), z.unknown()).nullish()

const numbered = <Item>(
  items: readonly Item[],
  toUser: (item: Item) => Record<string, unknown>,
): ImportEntry[] => items.map((item, index) => ({ line: index + 1, user: toUser(item) }))

const auth0User = z.looseObject({
  _id: z.union([z.string(), z.looseObject({ $oid: z.string() })]).nullish(),
  user_id: text,
  email: text,
  email_verified: flag,
  blocked: flag,
  name: text,
  passwordHash: text,
  password_hash: text,
  created_at: z.union([z.string(), z.looseObject({ $date: z.string() })]).nullish(),
  user_metadata: bag,
})

/** Auth0: JSON lines, of its export of users or, with hashes, of its support. */
export const readAuth0 = (file: string): readonly ImportEntry[] =>
  readJsonLines(file).map(({ line, user: raw }) => {
    const parsed = auth0User.safeParse(raw)
    if (!parsed.success) throw new CommandFailed(`line ${line} is no user of Auth0`, exitCodes.failure)
    const { user_metadata, user_id, _id, created_at, ...user } = parsed.data
    const id = user_id ?? (typeof _id === 'string' ? _id : _id?.$oid)
    const createdAt = typeof created_at === 'object' ? created_at?.$date : created_at
    return {
      line,
      user: userOf({
        email: user.email,
        email_verified: user.email_verified,
        disabled: user.blocked,
        name: user.name === '' ? undefined : user.name,
        created_at: instantOf(createdAt ?? undefined),
        password_hash: user.passwordHash ?? user.password_hash,
        metadata: userOf({ ...user_metadata, auth0_id: id }),
      }),
    }
  })

const firebaseExport = z.looseObject({
  users: z.array(
    z.looseObject({
      localId: z.string(),
      email: text,
      emailVerified: flag,
      displayName: text,
      passwordHash: text,
      salt: text,
      createdAt: z.union([z.string(), z.number()]).nullish(),
      disabled: flag,
    }),
  ),
})

/** As the console shows it: `base64_signer_key: …, base64_salt_separator: …, rounds: 8, mem_cost: 14`. */
const firebaseConfigOf = (config: string | undefined) => {
  const value = (name: string): string => {
    const found = new RegExp(`${name}["']?\\s*[:=]\\s*["']?([A-Za-z0-9+/=]+)`).exec(config ?? '')?.[1]
    if (found === undefined)
      throw new UsageError(`--firebase-config is a file with the project's hash parameters; it lacks ${name}`)
    return found
  }
  return {
    cost: `ln=${value('mem_cost')},r=${value('rounds')},p=1`,
    tail: `${value('base64_salt_separator')}$${value('base64_signer_key')}`,
  }
}

/** In exports of some versions both are in the alphabet for URLs. */
const base64 = (value: string) => value.replaceAll('-', '+').replaceAll('_', '/')

/** Firebase: `firebase auth:export users.json`. */
export const readFirebase = (file: string, config: string | undefined): readonly ImportEntry[] => {
  const { users } = readDocument(file, firebaseExport, 'an export of Firebase')
  const { cost, tail } = firebaseConfigOf(config)
  return numbered(users, user =>
    userOf({
      email: user.email,
      email_verified: user.emailVerified,
      disabled: user.disabled,
      name: user.displayName === '' ? undefined : user.displayName,
      created_at: instantOf(user.createdAt ?? undefined),
      password_hash:
        user.passwordHash && user.salt
          ? `$firescrypt$${cost}$${base64(user.salt)}$${base64(user.passwordHash)}$${tail}`
          : undefined,
      metadata: { firebase_id: user.localId },
    }),
  )
}

const cognitoExport = z.looseObject({
  Users: z.array(
    z.looseObject({
      Username: z.string(),
      Enabled: flag,
      UserCreateDate: z.union([z.string(), z.number()]).nullish(),
      Attributes: z.array(z.looseObject({ Name: z.string(), Value: z.string() })),
    }),
  ),
})

/** Cognito: `aws cognito-idp list-users`. It gives out no hashes: passwords are reset, or asked for by `LEGACY_LOGIN_URL`. */
export const readCognito = (file: string): readonly ImportEntry[] => {
  const { Users } = readDocument(file, cognitoExport, 'what `aws cognito-idp list-users` prints')
  return numbered(Users, ({ Username, Enabled, UserCreateDate, Attributes }) => {
    const attributes = new Map(Attributes.map(({ Name, Value }) => [Name, Value]))
    return userOf({
      email: attributes.get('email'),
      email_verified: attributes.get('email_verified') === 'true',
      disabled: Enabled === false,
      name: attributes.get('name'),
      // Seconds, or a date: by the version of the command.
      created_at: instantOf(
        typeof UserCreateDate === 'number' ? UserCreateDate * 1_000 : (UserCreateDate ?? undefined),
      ),
      metadata: { cognito_id: attributes.get('sub') ?? Username },
    })
  })
}

const keycloakExport = z.looseObject({
  users: z.array(
    z.looseObject({
      id: text,
      username: text,
      email: text,
      emailVerified: flag,
      enabled: flag,
      firstName: text,
      lastName: text,
      createdTimestamp: z.number().nullish(),
      credentials: z.array(z.looseObject({ type: text })).nullish(),
    }),
  ),
})

/** Keycloak: `kc.sh export --users realm_file`. */
export const readKeycloak = (file: string): readonly ImportEntry[] => {
  const { users } = readDocument(file, keycloakExport, 'a realm export of Keycloak with users')
  return numbered(users, user => {
    const password = user.credentials?.find(({ type }) => type === 'password')
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
    return userOf({
      email: user.email,
      email_verified: user.emailVerified,
      disabled: user.enabled === false,
      name: name === '' ? undefined : name,
      created_at: instantOf(user.createdTimestamp ?? undefined),
      password_hash: password === undefined ? undefined : JSON.stringify(password),
      metadata: userOf({ keycloak_id: user.id, username: user.username }),
    })
  })
}
