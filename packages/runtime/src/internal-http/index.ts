/** `fetch` for the internal HTTP port of one service: mutual TLS, with the request id and trace of the caller. */
import { Agent, fetch, type RequestInit, type Response } from 'undici'
import type { TlsMaterial } from '../certificates/index.ts'
import { propagationHeaders } from '../context/index.ts'

export interface InternalFetchInit {
  readonly tls: TlsMaterial
  /** The process name in the server's certificate, whatever host the URL names: `token`. */
  readonly serverName: string
}

export interface InternalFetch {
  /** The deadline is the caller's, through `signal`. */
  fetch(url: string | URL, init: RequestInit & { headers: Record<string, string> }): Promise<Response>
  close(): Promise<void>
}

export const createInternalFetch = ({ tls, serverName }: InternalFetchInit): InternalFetch => {
  const dispatcher = new Agent({ connect: { ...tls, servername: serverName } })
  return {
    fetch: (url, init) =>
      fetch(url, { ...init, dispatcher, headers: { ...propagationHeaders(), ...init.headers } }),
    close: () => dispatcher.close(),
  }
}
