/**
 * The origins whose pages may call the token endpoint and its neighbours for a client: those that it lists and, of a
 * public client, those that its users are sent back to, since a single-page app calls from where it lives.
 */
import type { Client } from './client.ts'

const originOf = (uri: string): string | undefined => {
  const { origin, protocol } = new URL(uri)
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined
}

export const originsOf = ({ type, metadata }: Pick<Client, 'type' | 'metadata'>): readonly string[] => {
  const own = type === 'public' ? metadata.redirectUris.map(originOf) : []
  return [...new Set([...metadata.corsOrigins, ...own])].filter(origin => origin !== undefined)
}
