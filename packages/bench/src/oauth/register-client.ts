/** Clients by dynamic registration, as any application would get one (RFC 7591). */
export interface RegisteredClient {
  readonly id: string
  /** Empty for a public client. */
  readonly secret: string
}

export const registerClient = async (
  gateway: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<RegisteredClient> => {
  const response = await fetch(new URL('/oauth/register', gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Bench', ...metadata }),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`registration answered ${response.status}: ${text}`)
  const { client_id, client_secret = '' } = JSON.parse(text)
  return { id: client_id, secret: client_secret }
}

/** The value of an Authorization header, without its scheme. @see RFC 6749 §2.3.1 */
export const basicOf = ({ id, secret }: RegisteredClient): string =>
  Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')

export const requestToken = async (
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
  basic?: string,
): Promise<{ access_token: string; refresh_token: string }> => {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
    body: new URLSearchParams(form),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`the token endpoint answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
