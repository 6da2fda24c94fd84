/** The bench's mail server, in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SinkAnswer, SinkQuestion } from './protocol.ts'

export const startSink = async () => {
  const child = fork(fileURLToPath(new URL('./sink-process.ts', import.meta.url)), { execArgv: [] })
  const [port] = await once(child, 'message')
  return {
    url: `smtp://127.0.0.1:${port}`,
    ask: async (question: SinkQuestion): Promise<SinkAnswer> => {
      const answered = once(child, 'message')
      child.send(question)
      const [answer] = await answered
      return answer
    },
    close: () => void child.kill(),
  }
}

export type Sink = Awaited<ReturnType<typeof startSink>>
