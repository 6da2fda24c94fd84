/**
 * One suite for a data folder. The lock names a port of ours that answers with a secret word: a launcher that was
 * killed answers no more, whoever has its pid or its port by then.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isNativeError } from 'node:util/types'
import { z } from 'zod'
import { parseJsonFile } from './data-folder.ts'

const owner = z.object({ port: z.number(), word: z.string() })

const answerTimeoutMs = 1_000

export type InstanceLock =
  | {
      readonly outcome: 'locked'
      /** A launcher held this folder and did not let go of it: it was killed. */
      readonly abandoned: boolean
      readonly release: () => Promise<void>
    }
  | { readonly outcome: 'running' }

export const lockInstance = async (dataDir: string): Promise<InstanceLock> => {
  const file = join(dataDir, 'launcher.lock')
  const word = randomUUID()
  const server = createServer(socket => socket.on('error', () => undefined).end(word))
  const port = await listen(server)
  let abandoned = false
  while (!(await tryLink(file, JSON.stringify({ port, word })))) {
    if (await isAnswering(file)) {
      server.close()
      return { outcome: 'running' }
    }
    abandoned = true
    await rm(file, { force: true })
  }
  return {
    outcome: 'locked',
    abandoned,
    release: async () => {
      server.close()
      await rm(file, { force: true })
    },
  }
}

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** Links a complete file into place, so that nobody reads half an owner. */
const tryLink = async (file: string, content: string): Promise<boolean> => {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, content, { mode: 0o600 })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

const isAnswering = async (file: string): Promise<boolean> => {
  const holder = owner.safeParse(parseJsonFile(await readFile(file, 'utf8').catch(() => '')))
  if (!holder.success) return false
  const socket = connect({ port: holder.data.port, host: '127.0.0.1' })
  socket.setTimeout(answerTimeoutMs, () => socket.destroy(new Error('no answer')))
  try {
    return (await text(socket)) === holder.data.word
  } catch {
    return false
  }
}
