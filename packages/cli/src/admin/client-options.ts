/** The options that say what a client is, and the members that they become. */
import { readFile } from 'node:fs/promises'
import type { ParseArgsOptionsConfig } from 'node:util'
import { CommandFailed, type Invocation, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

type Options = Invocation['options']

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

interface MemberOption {
  readonly member: string
  readonly kind: 'text' | 'type' | 'list' | 'scope' | 'seconds' | 'truth'
  readonly help: string
}

/** In the order of the help. `--redirect-uris a,b` and its like are the same lists, separated by commas. */
const memberOptions: Readonly<Record<string, MemberOption>> = {
  name: { member: 'name', kind: 'text', help: 'what users are shown' },
  'client-type': { member: 'client_type', kind: 'type', help: 'public or confidential' },
  'redirect-uri': { member: 'redirect_uris', kind: 'list', help: 'where users are sent back to; repeatable' },
  'redirect-uris': { member: 'redirect_uris', kind: 'list', help: 'the same, separated by commas' },
  scope: { member: 'scope', kind: 'scope', help: 'a scope that it may ask for; repeatable' },
  'grant-type': {
    member: 'grant_types',
    kind: 'list',
    help: 'authorization_code, refresh_token, client_credentials …; repeatable',
  },
  'auth-method': {
    member: 'token_endpoint_auth_method',
    kind: 'text',
    help: 'client_secret_basic, client_secret_post, private_key_jwt, none; either way to send a secret without it',
  },
  'post-logout-redirect-uri': {
    member: 'post_logout_redirect_uris',
    kind: 'list',
    help: 'where users are sent after a logout; repeatable',
  },
  'cors-origin': {
    member: 'cors_origins',
    kind: 'list',
    help: 'an origin whose pages may call for it; repeatable',
  },
  resource: {
    member: 'resources',
    kind: 'list',
    help: 'an RFC 8707 resource that it may ask for; repeatable',
  },
  'jwks-uri': { member: 'jwks_uri', kind: 'text', help: 'where its public keys are' },
  'backchannel-logout-uri': {
    member: 'backchannel_logout_uri',
    kind: 'text',
    help: 'what is told of the end of a session',
  },
  'frontchannel-logout-uri': {
    member: 'frontchannel_logout_uri',
    kind: 'text',
    help: 'what a frame loads after a logout in the browser',
  },
  'id-token-alg': { member: 'id_token_signed_response_alg', kind: 'text', help: 'RS256, ES256 or EdDSA' },
  'access-token-ttl': {
    member: 'access_token_ttl_seconds',
    kind: 'seconds',
    help: 'life of its access tokens in seconds',
  },
  'refresh-token-ttl': {
    member: 'refresh_token_ttl_seconds',
    kind: 'seconds',
    help: 'life of its refresh tokens in seconds',
  },
  'require-pkce': { member: 'require_pkce', kind: 'truth', help: 'true or false' },
  'require-consent': { member: 'require_consent', kind: 'truth', help: 'true or false' },
  'require-mfa': { member: 'require_mfa', kind: 'truth', help: 'true or false' },
  'require-par': { member: 'require_pushed_authorization_requests', kind: 'truth', help: 'true or false' },
  'dpop-bound': { member: 'dpop_bound_access_tokens', kind: 'truth', help: 'true or false' },
  'logo-uri': { member: 'logo_uri', kind: 'text', help: 'its logo' },
  'client-uri': { member: 'client_uri', kind: 'text', help: 'its home page' },
  'policy-uri': { member: 'policy_uri', kind: 'text', help: 'its privacy policy' },
  'tos-uri': { member: 'tos_uri', kind: 'text', help: 'its terms of service' },
  contact: { member: 'contacts', kind: 'list', help: 'who to ask about it; repeatable' },
}

export const clientOptions: ParseArgsOptionsConfig = {
  ...Object.fromEntries(
    Object.entries(memberOptions).map(([name, { kind }]) => [
      name,
      kind === 'list' || kind === 'scope' ? list : text,
    ]),
  ),
  'jwks-file': text,
  set: list,
  activate: flag,
  deactivate: flag,
}

const helpLine = (option: string, help: string): string => `${option.padEnd(32)} ${help}`

export const clientHelp: readonly string[] = [
  ...Object.entries(memberOptions).map(([name, { help }]) => helpLine(`--${name} <…>`, help)),
  helpLine('--jwks-file <file>', 'its public keys, a JSON Web Key Set'),
  helpLine(
    '--set <member>=<value>',
    'any other member, as JSON or as text; null for its default; repeatable',
  ),
  helpLine('--activate, --deactivate', 'whether it can be used'),
]

const texts = (value: Options[string]): string[] =>
  [value ?? []].flat().filter(each => typeof each === 'string')

const words = (value: Options[string], separators: RegExp): string[] =>
  texts(value)
    .flatMap(each => each.split(separators))
    .filter(word => word !== '')

const truthOf = (name: string, value: string): boolean => {
  if (value !== 'true' && value !== 'false') throw new UsageError(`--${name} is true or false`)
  return value === 'true'
}

const typeOf = (name: string, value: string): string => {
  if (value !== 'public' && value !== 'confidential')
    throw new UsageError(`--${name} is public or confidential`)
  return value
}

const secondsOf = (name: string, value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${name} is a number of seconds`)
  return Number(value)
}

const memberOf = (name: string, kind: MemberOption['kind'], value: Options[string]): unknown => {
  if (kind === 'list') return words(value, /,/).map(word => word.trim())
  if (kind === 'scope') return words(value, /[\s,]+/).join(' ')
  const [single = ''] = texts(value)
  if (kind === 'truth') return truthOf(name, single)
  if (kind === 'type') return typeOf(name, single)
  return kind === 'seconds' ? secondsOf(name, single) : single
}

const settingOf = (setting: string): [string, unknown] => {
  const [, member, value] = /^([a-z_]+)=(.*)$/s.exec(setting) ?? []
  if (member === undefined || value === undefined) throw new UsageError('--set is <member>=<value>')
  try {
    return [member, JSON.parse(value)]
  } catch {
    return [member, value]
  }
}

const activeOf = ({ activate, deactivate }: Options): { active?: boolean } => {
  if (activate === true && deactivate === true) throw new UsageError('choose --activate or --deactivate')
  if (activate === true) return { active: true }
  return deactivate === true ? { active: false } : {}
}

const jsonIn = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(cause => {
    throw new CommandFailed(`${file} can not be read`, exitCodes.failure, { cause })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CommandFailed(`${file} holds no JSON`, exitCodes.failure, { cause })
  }
}

/** What the options say about a client; empty where they say nothing. @throws UsageError */
export const membersOf = async (options: Options): Promise<Readonly<Record<string, unknown>>> => {
  const members: Record<string, unknown> = {}
  for (const [name, { member, kind }] of Object.entries(memberOptions)) {
    if (options[name] === undefined) continue
    const value = memberOf(name, kind, options[name])
    const before = members[member]
    members[member] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value
  }
  const file = options['jwks-file']
  if (typeof file === 'string') members.jwks = await jsonIn(file)
  return { ...members, ...Object.fromEntries(texts(options.set).map(settingOf)), ...activeOf(options) }
}
