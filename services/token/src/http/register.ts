/** POST /oauth/register, and GET, PUT, DELETE /oauth/register/{client_id}. @see RFC 7591 §3, RFC 7592 §2 */
import { OAuthError } from '@latchkey/oauth'
import {
  describeIssue,
  pathParameter,
  type Request,
  type Response,
  type Route,
  readJson,
} from '@latchkey/runtime/http'
import { z } from 'zod'
import type { Client } from '../domain/client.ts'
import {
  type Registration,
  registrationSchema,
  toRegisteredMetadata,
  toRegistration,
} from '../domain/client-registration.ts'
import type { AdmitRegistration } from '../usecases/admit-registration.ts'
import type { ManageRegistration, RegistrationKey } from '../usecases/manage-registration.ts'
import { type RegisterClient, registrationError } from '../usecases/register-client.ts'

export interface RegisterRoutesDeps {
  readonly publicUrl: string
  readonly admitRegistration: AdmitRegistration
  readonly registerClient: RegisterClient
  readonly manageRegistration: ManageRegistration
}

/** What the server decides; a client that sends it back has misread the answer. @see RFC 7592 §2.2 */
const serversOwn = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/** @throws OAuthError in the words of RFC 7591 §3.2.2 */
const registrationOf = (body: Readonly<Record<string, unknown>>): Registration => {
  const parsed = registrationSchema.safeParse(body, { error: describeIssue })
  if (parsed.success) return toRegistration(parsed.data)
  throw registrationError(
    parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message })),
  )
}

/** @see RFC 7592 §2.2 */
const replacementOf = (body: Readonly<Record<string, unknown>>, clientId: string): Registration => {
  if (body.client_id !== clientId)
    throw new OAuthError('invalid_client_metadata', 'client_id must be that of the client')
  const own = serversOwn.find(name => name in body)
  if (own !== undefined) throw new OAuthError('invalid_client_metadata', `${own} must not be sent`)
  return registrationOf(body)
}

const bearer = /^Bearer +(\S+)$/i

const keyOf = (req: Request): RegistrationKey => ({
  clientId: pathParameter(req, 'client_id'),
  rawToken: bearer.exec(req.headersDistinct.authorization?.join(',') ?? '')?.[1],
})

const anyObject = z.looseObject({})
const anyReplacement = z.looseObject({ client_secret: z.string({ error: 'must be text' }).nullish() })

export const createRegisterRoutes = (deps: RegisterRoutesDeps): readonly Route[] => {
  const { publicUrl, admitRegistration, registerClient, manageRegistration } = deps

  const answer = (res: Response, client: Client, registrationToken: string, rawSecret?: string) =>
    res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).json({
      client_id: client.id,
      client_id_issued_at: Math.floor(client.createdAt.getTime() / 1_000),
      ...(rawSecret === undefined ? {} : { client_secret: rawSecret, client_secret_expires_at: 0 }),
      registration_access_token: registrationToken,
      registration_client_uri: `${publicUrl}/oauth/register/${client.id}`,
      ...toRegisteredMetadata(client),
    })

  const path = '/oauth/register/:client_id'
  return [
    {
      method: 'POST',
      path: '/oauth/register',
      handler: async (req, res) => {
        const { authorization, dpop: proofs } = req.headersDistinct
        await admitRegistration({ authorization, proofs, method: req.method, path: req.path })
        const registration = registrationOf(await readJson(req, anyObject))
        const { client, registrationToken, rawSecret } = await registerClient(registration)
        answer(res.status(201), client, registrationToken, rawSecret)
      },
    },
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const key = keyOf(req)
        answer(res, await manageRegistration.read(key), key.rawToken ?? '')
      },
    },
    {
      method: 'PUT',
      path,
      handler: async (req, res) => {
        const key = keyOf(req)
        const current = await manageRegistration.read(key)
        const { client_secret: secret, ...body } = await readJson(req, anyReplacement)
        const registration = replacementOf(body, current.id)
        const { client, rawSecret } = await manageRegistration.replace(key, registration, secret ?? undefined)
        answer(res, client, key.rawToken ?? '', rawSecret)
      },
    },
    {
      method: 'DELETE',
      path,
      handler: async (req, res) => {
        await manageRegistration.remove(keyOf(req))
        res.status(204).end()
      },
    },
  ]
}
