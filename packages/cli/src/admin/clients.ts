/** Clients of the admin API, and what a person reads of one. */
import { z } from 'zod'
import { members } from '../table.ts'

const clientSecret = z.looseObject({ created_at: z.string(), expires_at: z.string().optional() })

export const client = z.looseObject({
  client_id: z.string(),
  client_secret: z.string().optional(),
  name: z.string(),
  client_type: z.string(),
  active: z.boolean(),
  origin: z.string(),
  created_at: z.string(),
  scope: z.string(),
  secrets: z.array(clientSecret),
})

export type Client = z.output<typeof client>

const secretText = ({ created_at, expires_at }: z.output<typeof clientSecret>): string =>
  expires_at === undefined ? `since ${created_at}` : `since ${created_at}, until ${expires_at}`

export const toldSecret = (secret: string): string =>
  members([
    ['client_secret', secret],
    ['', 'Keep it now: it is shown this once, and only a hash of it is stored.'],
  ])

export const describeClient = ({ client_secret: secret, ...rest }: Client): string => {
  const readable = { ...rest, scope: rest.scope.split(' '), secrets: rest.secrets.map(secretText) }
  const lines = members(Object.entries(readable))
  return secret === undefined ? lines : `${lines}\n\n${toldSecret(secret)}`
}

/** After a new secret: until when one from before is good. */
export const describeOverlap = ({ secrets }: Client): string =>
  secrets
    .flatMap(({ expires_at }) =>
      expires_at === undefined ? [] : [`\nThe one before is good until ${expires_at}.`],
    )
    .join('')
