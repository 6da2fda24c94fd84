/** A mail server that takes everything and keeps nothing but the count. Says its port to its parent. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SinkAnswer, SinkQuestion } from './protocol.ts'

let mails = 0
let firstMs = 0
let lastMs = 0

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  onData: (stream, _session, done) => {
    stream.resume()
    stream.on('end', () => {
      lastMs = performance.now()
      if (mails === 0) firstMs = lastMs
      mails += 1
      done()
    })
  },
})
server.on('error', () => undefined)

const answer = (message: SinkAnswer): void => void process.send?.(message)

process.on('message', (question: SinkQuestion) => {
  if (question === 'reset') mails = 0
  answer({ mails, seconds: (lastMs - firstMs) / 1_000 })
})
process.on('disconnect', () => process.exit())

const listening = server.listen(0, '127.0.0.1', () => {
  process.send?.((listening.address() as AddressInfo).port)
})
