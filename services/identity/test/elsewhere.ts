/** A server that identity asks: it remembers what it was asked, and answers as it is told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Undefined never answers. */
export type Answering = (asked: Asked) => { status: number; body?: string } | undefined

export const startElsewhere = async (first: Answering) => {
  const asked: Asked[] = []
  let answering = first
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    const question = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body }
    asked.push(question)
    const answer = answering(question)
    if (answer !== undefined) res.writeHead(answer.status).end(answer.body ?? '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer: (next: Answering) => {
      answering = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export type Elsewhere = Awaited<ReturnType<typeof startElsewhere>>
