/** A real SMTP server that keeps what it gets, and that a test makes refuse, stall or hang up. */
import { once } from 'node:events'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail extends ParsedMail {
  readonly envelopeTo: readonly string[]
}

/** What the server does at a stage: `undefined` goes on, a code refuses, `hang` never answers, `drop` hangs up. */
export type Reaction = number | 'hang' | 'drop' | undefined

export interface MailServerInit {
  readonly port?: number
  readonly options?: SMTPServerOptions
}

const refusal = (code: number, address: string): Error =>
  Object.assign(new Error(`no mail for <${address}>, see https://mx.example.com/?token=quoted`), {
    responseCode: code,
  })

export const startMailServer = async ({ port = 0, options = {} }: MailServerInit = {}) => {
  const mails: ReceivedMail[] = []
  const reactions = {
    /** At RCPT TO. */
    recipient: (_address: string): Reaction => undefined,
    /** When the whole mail has arrived, before it is accepted. */
    data: (_address: string): Reaction => undefined,
    /** Holds the answer to a mail back for as long as the promise takes. */
    beforeAccept: (): Promise<void> => Promise.resolve(),
  }
  let connections = 0

  const react = (
    reaction: Reaction,
    address: string,
    hangUp: () => void,
    go: (error?: Error) => void,
  ): void => {
    if (reaction === 'drop') hangUp()
    else if (typeof reaction === 'number') go(refusal(reaction, address))
    else if (reaction === undefined) go()
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    onConnect: (_session, callback) => {
      connections += 1
      callback()
    },
    onRcptTo: ({ address }, session, callback) => {
      react(reactions.recipient(address), address, () => hangUpOn(session.id), callback)
    },
    onData: (stream, session, callback) => {
      const envelopeTo = session.envelope.rcptTo.map(({ address }) => address)
      const address = envelopeTo[0] ?? ''
      simpleParser(stream).then(async mail => {
        await reactions.beforeAccept()
        const reaction = reactions.data(address)
        if (reaction === undefined) mails.push({ ...mail, envelopeTo })
        react(reaction, address, () => hangUpOn(session.id), callback)
      }, callback)
    },
    ...options,
  })
  server.on('error', () => undefined)
  const hangUpOn = (id: string): void => {
    for (const connection of server.connections) {
      if ('id' in connection && connection.id === id && 'close' in connection) connection.close()
    }
  }
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')

  return {
    port: address.port,
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    reactions,
    to: (recipient: string) => mails.filter(({ envelopeTo }) => envelopeTo.includes(recipient)),
    get connections() {
      return connections
    },
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>
