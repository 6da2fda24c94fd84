/**
 * Passes the answer of a service on as it comes: no faster than the client takes it, and no longer than it stays. One that
 * takes nothing for long is cut off: it holds a connection to the service that others wait for.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Response } from '@latchkey/runtime/http'
import type { Dispatcher } from 'undici'
import { hopByHopIn } from './hop-by-hop.ts'
import type { UpstreamHandler } from './upstream.ts'

export interface RelayEnd {
  /** The answer has been passed on, or the client has left. */
  readonly done: () => void
  /** There is no answer, and the client has been told nothing so far. */
  readonly failed: (error: Error) => void
  /** For how long a client may take nothing of what waits for it. */
  readonly stalledMs: number
}

/** The service's connection says nothing about the client's: whether that one is kept is for this server to say. */
const writeHead = (res: Response, status: number, headers: IncomingHttpHeaders): void => {
  const isHopByHop = hopByHopIn(headers)
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !isHopByHop(name)) res.setHeader(name, value)
  }
  res.writeHead(status)
}

export const relayAnswer = (res: Response, { done, failed, stalledMs }: RelayEnd): UpstreamHandler => {
  let controller: Dispatcher.DispatchController | undefined
  let announced: string | string[] | undefined
  let stalled: NodeJS.Timeout | undefined
  // An answer that waits for those before it on its connection has no socket yet, and would not hear of its end.
  const cutOff = (from: Dispatcher.DispatchController): void => {
    from.abort(new Error('the client takes nothing of its answer'))
    res.req.socket.destroy()
    done()
  }
  res.once('close', () => {
    clearTimeout(stalled)
    if (!res.writableFinished) controller?.abort(new Error('the client has left'))
    done()
  })
  return {
    onRequestStart: started => {
      controller = started
      if (res.destroyed) started.abort(new Error('the client has left'))
    },
    onResponseStart: (_, status, headers) => {
      if (status < 200) return
      announced = headers['content-length']
      writeHead(res, status, headers)
    },
    onResponseData: (from, chunk) => {
      // The whole body at once, as nearly always: one write for it and the head.
      if (announced === String(chunk.length)) {
        res.end(chunk)
        return
      }
      if (res.write(chunk)) return
      from.pause()
      clearTimeout(stalled)
      stalled = setTimeout(cutOff, stalledMs, from)
      res.once('drain', () => {
        clearTimeout(stalled)
        from.resume()
      })
    },
    onResponseEnd: () => {
      if (!res.writableEnded) res.end()
    },
    onResponseError: (_, error) => {
      // A client that left has not been failed by the service.
      if (res.destroyed) done()
      // Half an answer can't be taken back; cutting it off tells the client that it is not whole.
      else if (res.headersSent) res.destroy()
      else failed(error)
    },
  }
}
