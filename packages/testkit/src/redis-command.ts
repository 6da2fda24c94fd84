import { connect } from 'node:net'

/**
 * Sends one inline command to the Redis on 127.0.0.1:`port`, without a client library.
 * @throws Error when the server is away, silent for 2 s, or answers with an error
 */
export const redisCommand = (port: number, command: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 })
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    socket.once('error', fail)
    socket.once('timeout', () => fail(new Error(`Redis did not answer ${command}`)))
    socket.once('close', () => fail(new Error(`Redis hung up on ${command}`)))
    socket.once('connect', () => socket.write(`${command}\r\n`))
    socket.once('data', answer => {
      if (!answer.toString().startsWith('+')) return fail(new Error(`Redis answered ${answer}`))
      socket.destroy()
      resolve()
    })
  })
