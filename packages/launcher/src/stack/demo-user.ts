/** The demo user, registered as anybody else is: through the gateway. */
import { request } from 'node:http'

export interface DemoUser {
  readonly email: string
  readonly password: string
}

/**
 * Registers the user, or finds that it is there already.
 * @throws Error with the gateway's answer when it refuses
 */
export const seedDemoUser = async (gateway: string, user: DemoUser): Promise<void> => {
  const body = JSON.stringify({ ...user, name: 'Demo User' })
  // From another address of loopback, where there is one: the limits of 127.0.0.1 are for people and tests.
  const { status, text } = await post(gateway, body, '127.0.0.2').catch(() => post(gateway, body))
  if (status !== 201 && status !== 409) throw new Error(`the demo user was refused (${status}): ${text}`)
}

const timeoutMs = 15_000

const post = (
  gateway: string,
  body: string,
  localAddress?: string,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
      ...(localAddress === undefined ? {} : { localAddress }),
    }
    const outgoing = request(new URL('/auth/register', gateway), options, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
