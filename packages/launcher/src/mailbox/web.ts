/** The mailbox's page and its JSON: one small table of routes on `node:http`. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Messages } from './messages.ts'
import { bodyPage, listPage, messagePage } from './page.ts'

interface Answer {
  readonly status: number
  readonly type?: string
  readonly body?: string
  readonly policy?: string
}

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'"
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

const html = (body: string, policy = pagePolicy): Answer => ({
  status: 200,
  type: 'text/html; charset=utf-8',
  body,
  policy,
})
const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})
const missing: Answer = { status: 404, type: 'text/plain', body: 'not found\n' }

const routes = (messages: Messages): readonly [string, RegExp, (id: string) => Answer][] => {
  const found = (id: string, answer: (message: NonNullable<ReturnType<Messages['find']>>) => Answer) => {
    const message = messages.find(id)
    return message === undefined ? missing : answer(message)
  }
  return [
    ['GET', /^\/$/, () => html(listPage(messages.list()))],
    ['GET', /^\/messages\/([\w-]+)$/, id => found(id, message => html(messagePage(message)))],
    ['GET', /^\/messages\/([\w-]+)\/body$/, id => found(id, message => html(bodyPage(message), mailPolicy))],
    ['GET', /^\/api\/messages$/, () => json(messages.list())],
    ['GET', /^\/api\/messages\/([\w-]+)$/, id => found(id, json)],
    [
      'DELETE',
      /^\/api\/messages$/,
      () => {
        messages.clear()
        return { status: 204 }
      },
    ],
  ]
}

/** A page of another origin must not read mails through a name that it points at 127.0.0.1. */
const isLocalHost = (host: string | undefined): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? '')

const answerTo = (req: IncomingMessage, table: ReturnType<typeof routes>): Answer => {
  if (!isLocalHost(req.headers.host)) return { status: 421 }
  // Not parsed as a URL: `//[` is none, any page may ask a browser for it, and the suite ends with this process.
  const [pathname = ''] = (req.url ?? '').split('?')
  for (const [method, pattern, answer] of table) {
    const match = method === req.method ? pattern.exec(pathname) : null
    if (match !== null) return answer(match[1] ?? '')
  }
  return missing
}

const send = (res: ServerResponse, { status, type, body, policy }: Answer): void => {
  res.statusCode = status
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Referrer-Policy', 'no-referrer')
  res.setHeader('Cache-Control', 'no-store')
  if (type !== undefined) res.setHeader('Content-Type', type)
  if (policy !== undefined) res.setHeader('Content-Security-Policy', policy)
  res.end(body)
}

export const startWeb = async (
  port: number,
  messages: Messages,
): Promise<{ port: number; close: () => Promise<void> }> => {
  const table = routes(messages)
  const server = createServer((req, res) => send(res, answerTo(req, table)))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { port, close }
}
